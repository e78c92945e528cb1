// Supabase's fork, which its own client is built on.
import { suite } from './official/suite.js';

suite('@supabase/phoenix', 8);
