import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import words from 'virtual:words/leaderboard';
import { speak, t } from '../i18n';
import Leaderboard from './Leaderboard.svelte';

void speak(words).then(() => {
  document.title = t('leaderboard.title');
  const target = document.getElementById('page');
  if (target) mount(Leaderboard, { target });
});
