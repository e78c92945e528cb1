// Somebody with an account, without a browser.
import assert from 'node:assert/strict';
import { Client } from './live.js';

const password = 'correct horse battery';

/** Makes an account. */
export function signUp(server, name) {
  return enter(server, '/api/account', name, 201);
}

/** The same person on another device. */
export function logIn(server, name) {
  return enter(server, '/api/session', name, 200);
}

async function enter(server, path, name, status) {
  const player = new Player(server);
  const response = await player.send('POST', path, { name, password });
  const answer = await response.json();
  assert.equal(response.status, status, JSON.stringify(answer));
  player.account = answer.account;
  [player.cookie] = response.headers.get('set-cookie').split(';');
  return player;
}

/** One device: a session, and its connections. */
class Player {
  cookie = '';

  constructor(server) {
    this.server = server;
  }

  send(method, path, body) {
    const headers = { cookie: this.cookie, ...(body && { 'content-type': 'application/json' }) };
    return fetch(`${this.server.origin}${path}`, { method, headers, body: body && JSON.stringify(body) });
  }

  async get(path) {
    const response = await this.send('GET', path);
    assert.equal(response.status, 200, path);
    return response.json();
  }

  /** A connection of nobody's. */
  guest() {
    return new Client(this.server.socket);
  }

  /** A connection of the account; one that comes back shows the token that it came with. */
  async connect() {
    const { token } = await this.get('/api/session');
    assert.ok(token, 'the session is open');
    return new Client(this.server.socket, { token });
  }
}
