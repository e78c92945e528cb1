import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import { t } from '../i18n';
import Play from './Play.svelte';
import { spoken } from './words';

void spoken.then(() => {
  document.title = t('play.title');
  const target = document.getElementById('page');
  if (!target) return;
  target.replaceChildren();
  mount(Play, { target });
});
