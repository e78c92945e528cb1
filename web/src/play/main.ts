import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import words from 'virtual:words/play';
import { speak, t } from '../i18n';
import Play from './Play.svelte';

void speak(words).then(() => {
  document.title = t('play.title');
  const target = document.getElementById('page');
  if (target) mount(Play, { target });
});
