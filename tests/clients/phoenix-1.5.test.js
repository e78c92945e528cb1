import { suite } from './official/suite.js';

suite('phoenix-1.5', 5);
