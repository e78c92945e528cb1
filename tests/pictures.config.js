// Takes the README's pictures from a real race: npm run pictures
import base from './playwright.config.js';

export default { ...base, testDir: 'pictures' };
