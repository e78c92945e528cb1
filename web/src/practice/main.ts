import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import words from 'virtual:words/practice';
import { speak, t } from '../i18n';
import Practice from './Practice.svelte';

void speak(words).then(() => {
  document.title = t('practice.title');
  const target = document.getElementById('page');
  if (target) mount(Practice, { target });
});
