import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import words from 'virtual:words/account';
import { speak, t } from '../i18n';
import Account from './Account.svelte';

void speak(words).then(() => {
  document.title = t('account.title');
  const target = document.getElementById('page');
  if (target) mount(Account, { target });
});
