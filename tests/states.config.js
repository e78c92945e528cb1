// Takes a picture of every state of every page, in English and Arabic:
// npm --prefix tests run states -- FOLDER [LANGUAGE...]
import base from './playwright.config.js';

export default { ...base, testDir: 'states', timeout: 240_000 };
