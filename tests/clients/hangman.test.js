// The unmodified npm client plays Hangman with the channel crate's example.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { startExample } from '../support/example.js';
import { Client } from '../support/live.js';

let server;
let random;
const clients = [];

before(async () => {
  [server, random] = await Promise.all([
    startExample('hangman', ['--word', 'planet']),
    startExample('hangman'),
  ]);
});

after(async () => {
  await Promise.all(clients.map((client) => client.close()));
  await Promise.all([server, random].map((example) => example.stop()));
});

function connect(to = server) {
  const client = new Client(to.socket);
  clients.push(client);
  return client;
}

/** Guesses one letter after the other; gives what the server told after the last. */
async function guess(player, letters) {
  let tally;
  for (const letter of letters) {
    await player.ask('guess', { letter });
    tally = await player.heard('tally', ({ guessed }) => guessed.includes(letter));
  }
  return tally;
}

const word = ({ letters }) => letters.map((letter) => letter ?? '_').join('');

test('a game is won by finding its letters', async () => {
  const player = await connect().join('hangman:won');
  assert.deepEqual(player.reply, {
    state: 'started',
    guesses_left: 7,
    letters: [null, null, null, null, null, null],
    guessed: [],
    word: null,
  });
  const good = await guess(player, 'e');
  assert.deepEqual([good.state, word(good), good.guesses_left], ['good guess', '____e_', 7]);
  const bad = await guess(player, 'z');
  assert.deepEqual([bad.state, word(bad), bad.guesses_left], ['bad guess', '____e_', 6]);
  assert.equal(bad.word, null, 'the word is a secret');
  const won = await guess(player, 'plant');
  assert.deepEqual([won.state, word(won), won.guesses_left, won.word], ['won', 'planet', 6, 'planet']);
  await assert.rejects(player.ask('guess', { letter: 'x' }), { message: 'the game is over' });
});

test('a game is lost by the seventh wrong guess, and the next one is new', async () => {
  const player = await connect().join('hangman:lost');
  const nearly = await guess(player, 'pzxqjvw');
  assert.deepEqual([nearly.state, nearly.guesses_left], ['bad guess', 1]);
  const lost = await guess(player, 'k');
  assert.deepEqual([lost.state, lost.guesses_left, word(lost), lost.word], ['lost', 0, 'p_____', 'planet']);

  const told = player.count('tally');
  await player.ask('new_game');
  await player.heard('tally', () => player.count('tally') > told);
  assert.equal((await connect().join('hangman:lost')).reply.state, 'started');
});

test('two players see the same tallies, whoever guesses; a third who comes late sees the last', async () => {
  const ada = await connect().join('hangman:shared');
  const bo = await connect().join('hangman:shared');
  const other = await connect().join('hangman:elsewhere');
  await guess(ada, 'p');
  await guess(bo, 'z');
  const last = await guess(ada, 't');
  assert.deepEqual(last.guessed, ['p', 't', 'z']);
  for (const letters of [['p'], ['p', 'z'], ['p', 't', 'z']]) {
    const same = ({ guessed }) => String(guessed) === String(letters);
    assert.deepEqual(await bo.heard('tally', same), await ada.heard('tally', same));
  }
  assert.deepEqual((await connect().join('hangman:shared')).reply, last);
  // By the time of its own guess, another game would have heard what strays there.
  assert.deepEqual((await guess(other, 'a')).guessed, ['a']);
  assert.equal(other.count('tally'), 2, 'one at the join, one for the guess');
});

test('what is no guess is answered with its reason, and changes nothing', async () => {
  const player = await connect().join('hangman:refusals');
  const tally = await guess(player, 'a');
  await assert.rejects(player.ask('guess', { letter: 'A' }), { message: 'a was guessed already' });
  for (const letter of ['', 'ab', '7', 'é']) {
    await assert.rejects(player.ask('guess', { letter }), { message: 'a guess is one letter from a to z' });
  }
  for (const payload of [{}, { letter: 7 }, { letter: null }]) {
    await assert.rejects(player.ask('guess', payload), { message: 'a guess is {"letter": "e"}' });
  }
  await assert.rejects(player.ask('give_up'), { message: 'there is no event "give_up"' });
  assert.deepEqual((await connect().join('hangman:refusals')).reply, tally);
  for (const name of ['', 'Capital', 'a b', 'hangman:a', 'x'.repeat(33)]) {
    await assert.rejects(connect().join(`hangman:${name}`), { message: /^a game's name is/ });
  }
});

test('who asks for a new game is told a name of which nobody knows', async () => {
  const { reply } = await connect(random).join('hangman:new');
  assert.match(reply.game, /^[a-z]+-[a-z]+$/);
  const player = await connect(random).join(`hangman:${reply.game}`);
  assert.deepEqual([player.reply.state, player.reply.guessed], ['started', []]);
});

test('any word is found or lost within the alphabet', async () => {
  const player = await connect(random).join('hangman:any');
  let tally = player.reply;
  for (const letter of 'etaoinshrdlcumwfgypbvkjxqz') {
    if (tally.word) break;
    tally = await guess(player, letter);
  }
  assert.ok(['won', 'lost'].includes(tally.state), tally.state);
  assert.equal(tally.letters.length, tally.word.length);
  assert.equal(tally.state === 'won', word(tally) === tally.word);
});
