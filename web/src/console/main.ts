import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import words from 'virtual:words/console';
import { speak, t } from '../i18n';
import Console from './Console.svelte';

void speak(words).then(() => {
  document.title = t('console.title');
  const target = document.getElementById('page');
  if (target) mount(Console, { target });
});
