import { suite } from './official/suite.js';

suite('phoenix-1.7', 7);
