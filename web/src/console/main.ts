import '../style/tokens.css';
import '../style/base.css';
import { mount } from 'svelte';
import Console from './Console.svelte';

const target = document.getElementById('page');
if (target) mount(Console, { target });
