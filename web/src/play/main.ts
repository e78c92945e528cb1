import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import Play from './Play.svelte';

const target = document.getElementById('page');
if (target) mount(Play, { target });
