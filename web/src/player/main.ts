import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import words from 'virtual:words/account';
import { speak } from '../i18n';
import Player from './Player.svelte';

void speak(words).then(() => {
  const target = document.getElementById('page');
  if (target) mount(Player, { target });
});
