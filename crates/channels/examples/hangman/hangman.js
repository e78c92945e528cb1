// The page of one player. It draws what the server tells and guesses nothing by itself: every
// change comes as a `tally`, whoever made it.
import { Socket } from '/phoenix.mjs';

const $ = (id) => document.getElementById(id);
const alphabet = 'abcdefghijklmnopqrstuvwxyz';

// ---- The network: one socket, one channel ----

const socket = new Socket('/socket');
// The client comes back by itself, and so do its channels.
socket.onOpen(() => { $('offline').hidden = true; });
socket.onClose(() => { $('offline').hidden = false; });
socket.connect();

let channel;
/** The last tally; none before the first. */
let tally;

/** A name is spoken and typed: capitals and spaces make no other game. */
const plain = (name) => name.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '');

/** Plays the game that the address names, or a new one. */
function enter() {
  channel?.leave();
  tally = undefined;
  $('keys').hidden = $('again').hidden = true;
  say('Connecting…');

  const name = plain(location.hash.slice(1)) || 'new';
  const joining = socket.channel(`hangman:${name}`);
  channel = joining;
  channel.on('tally', draw);
  channel
    .join()
    // After a lost connection the channel joins again, and this is called again.
    .receive('ok', (response) => {
      if (joining !== channel) return;
      if (response.game) {
        history.replaceState(null, '', `#${response.game}`);
        enter();
      } else {
        $('game').textContent = name;
        draw(response);
      }
    })
    .receive('error', ({ reason }) => {
      // Who is refused would be refused again.
      joining.leave();
      say(`You cannot join: ${reason}.`, 'bad');
    });
}

function guess(letter) {
  if (!tally || isOver(tally) || tally.guessed.includes(letter)) return;
  channel.push('guess', { letter }).receive('error', ({ reason }) => say(`${reason}.`));
}

function nextWord() {
  channel.push('new_game', {}).receive('error', ({ reason }) => say(`${reason}.`));
}

// ---- The drawing ----

const isOver = ({ state }) => state === 'won' || state === 'lost';

const keys = [...alphabet].map((letter) => {
  const key = document.createElement('button');
  key.type = 'button';
  key.textContent = letter;
  key.addEventListener('click', () => guess(letter));
  $('keys').append(key);
  return key;
});

function draw(next) {
  const before = tally;
  tally = next;
  const { state, guesses_left, letters, guessed, word } = tally;
  const over = isOver(tally);

  $('gallows').dataset.state = state;
  const parts = [...$('man').children];
  const wrong = parts.length - guesses_left;
  parts.forEach((part, index) => part.classList.toggle('drawn', index < wrong));
  $('gallows').setAttribute('aria-label', `The gallows: ${wrong} of ${parts.length} parts are drawn`);
  $('left').textContent = `${guesses_left} wrong ${guesses_left === 1 ? 'guess' : 'guesses'} left`;

  const places = letters.map((letter, index) => {
    const place = document.createElement('span');
    place.textContent = letter ?? word?.[index] ?? '\u00a0';
    place.classList.toggle('missed', letter === null && over);
    return place;
  });
  $('word').replaceChildren(...places);
  $('word').setAttribute('aria-label', `The word: ${word ?? letters.map((letter) => letter ?? 'blank').join(', ')}`);

  keys.forEach((key, index) => {
    const letter = alphabet[index];
    const used = guessed.includes(letter);
    const hit = letters.includes(letter);
    key.classList.toggle('hit', used && hit);
    key.classList.toggle('miss', used && !hit);
    // Not `disabled`, which would take the focus from who plays by keyboard.
    key.setAttribute('aria-disabled', String(used));
    key.setAttribute('aria-label', used ? `${letter}, ${hit ? 'in the word' : 'not in the word'}` : letter);
  });

  const focused = document.activeElement;
  const hadFocus = focused === $('again') || keys.includes(focused);
  $('keys').hidden = over;
  $('again').hidden = !over;
  if (hadFocus && (!before || isOver(before) !== over)) (over ? $('again') : keys[0]).focus();

  const last = before && guessed.find((letter) => !before.guessed.includes(letter));
  // A tally that tells nothing new leaves what was said of it.
  if (last || !before || before.state !== state) say(...comment(last));
}

/** What has happened, and how it feels. */
function comment(last) {
  const { state, guesses_left, letters, word } = tally;
  if (state === 'won') return [`Won! The word is ${word}.`, 'good'];
  if (state === 'lost') return [`Lost. The word was ${word}.`, 'bad'];
  if (!last) return [`Guess a letter: the word has ${letters.length}.`];
  const times = letters.filter((letter) => letter === last).length;
  const upper = last.toUpperCase();
  if (times === 0) return [`No ${upper} in it: ${guesses_left} left.`, 'bad'];
  return [times === 1 ? `Yes, one ${upper}.` : `Yes, ${times} times ${upper}.`, 'good'];
}

function say(text, mood = '') {
  $('said').textContent = text;
  $('said').dataset.mood = mood;
}

// ---- What the player does beside the letters ----

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target === $('name')) return;
  const letter = event.key.toLowerCase();
  if (letter.length === 1 && alphabet.includes(letter)) guess(letter);
  // A focused button or link has its own use for Enter.
  else if (event.key === 'Enter' && event.target === document.body && tally && isOver(tally)) nextWord();
});

$('again').addEventListener('click', nextWord);

$('other').addEventListener('submit', (event) => {
  event.preventDefault();
  location.hash = plain($('name').value);
  $('name').value = '';
  $('name').blur();
});

$('fresh').addEventListener('click', () => { location.hash = 'new'; });

// Browsers have a clipboard for pages of this machine and of https only.
$('copy').hidden = !navigator.clipboard;
$('copy').addEventListener('click', async () => {
  await navigator.clipboard.writeText(location.href);
  $('copy').textContent = 'Copied';
});

window.addEventListener('hashchange', enter);
enter();
