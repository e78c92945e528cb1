import { suite } from './official/suite.js';

suite('1.3');
