import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import words from 'virtual:words/site';
import { speak, t } from '../i18n';
import Check from './Check.svelte';

void speak(words).then(() => {
  document.title = t('check.title');
  const target = document.getElementById('page');
  if (target) mount(Check, { target });
});
