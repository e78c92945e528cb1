// For unit tests: all pages' words, in English.
import account from 'virtual:words/account';
import console from 'virtual:words/console';
import leaderboard from 'virtual:words/leaderboard';
import more from 'virtual:words/more';
import play from 'virtual:words/play';
import practice from 'virtual:words/practice';
import site from 'virtual:words/site';
import { speak } from './index';

for (const words of [console, play, more, site, account, practice, leaderboard]) await speak(words, 'en');
