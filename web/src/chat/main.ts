import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import Chat from './Chat.svelte';

const target = document.getElementById('page');
if (target) mount(Chat, { target });
