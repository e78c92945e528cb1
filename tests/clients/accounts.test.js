// The official client as somebody's account: with a token it is one, without it a guest, and with one that
// is not good it is refused as Phoenix refuses.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';

import { Socket } from 'phoenix';
import WebSocket from 'ws';

import { Client } from '../support/live.js';
import { startServer } from '../support/server.js';

const password = 'correct horse battery';
const minute = 60_000;

/** A browser: it keeps its cookie. */
class Browser {
  constructor(server) {
    this.server = server;
  }

  async send(method, path, body, headers = {}) {
    const response = await fetch(this.server.origin + path, {
      method,
      headers: {
        ...(body && { 'content-type': 'application/json' }),
        ...(this.cookie && { cookie: this.cookie }),
        ...headers,
      },
      body: body && JSON.stringify(body),
    });
    const [cookie] = response.headers.getSetCookie();
    if (cookie) this.cookie = cookie.split(';')[0];
    return { status: response.status, ...(await response.json().catch(() => ({}))) };
  }

  async signUp(name) {
    const made = await this.send('POST', '/api/account', { name, password });
    assert.equal(made.status, 201, made.reason);
    return this;
  }

  async logIn(name) {
    const entered = await this.send('POST', '/api/session', { name, password });
    assert.equal(entered.status, 200, entered.reason);
    return this;
  }

  async session() {
    return this.send('GET', '/api/session');
  }

  async connect() {
    const { token } = await this.session();
    return new Client(this.server.socket, { token });
  }
}

/** A client's socket, and a promise of how it ended. */
function ends(client) {
  return new Promise((resolve) => client.socket.onClose((event) => resolve(event.code)));
}

/** The status with which a connection is refused by either transport, or 101. */
function refusal(server, params, headers = {}) {
  const query = new URLSearchParams({ vsn: '2.0.0', ...params });
  const socket = new Promise((resolve) => {
    const opening = new WebSocket(`${server.socket}/websocket?${query}`, { headers });
    opening.on('unexpected-response', (_, response) => resolve(response.statusCode));
    opening.on('open', () => {
      opening.close();
      resolve(101);
    });
  });
  const longPoll = new Promise((resolve, reject) => {
    const url = `${server.origin}/socket/longpoll?${query}`;
    request(url, { headers }, (response) => {
      response.setEncoding('utf8');
      let body = '';
      response.on('data', (text) => (body += text));
      response.on('end', () => resolve(JSON.parse(body).status));
    })
      .on('error', reject)
      .end();
  });
  return Promise.all([socket, longPoll]);
}

/** A token with other claims, signed with the server's own key. */
async function resigned(server, token, change) {
  const key = await readFile(join(server.data, 'secret'));
  const [head, payload] = token.split('.');
  const claims = change(JSON.parse(Buffer.from(payload, 'base64url')));
  const body = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
  return `${body}.${createHmac('sha256', key).update(body).digest('base64url')}`;
}

// What is waited for in vain ends a test, and not the patience of whoever runs it.
describe('accounts', { timeout: 90_000 }, () => {
  let server;
  before(async () => {
    server = await startServer({ args: ['--accounts-per-minute', '0', '--log-ins-per-minute', '1000'] });
  });
  after(() => server.stop());

  test('a token of the session makes a connection the account\'s, by params and by authToken', async () => {
    const ada = await new Browser(server).signUp('Ada');
    const { account, token } = await ada.session();
    const byParams = new Client(server.socket, { token });
    const mine = await byParams.join(`account:${account.id}`);
    assert.equal(mine.reply.account.name, 'Ada');
    const byAuthToken = new Client(server.socket);
    await byAuthToken.close();
    byAuthToken.socket = new Socket(server.socket, { transport: WebSocket, authToken: token });
    byAuthToken.socket.connect();
    await byAuthToken.join(`account:${account.id}`);
    const guest = new Client(server.socket);
    await assert.rejects(guest.join(`account:${account.id}`), { message: 'unauthorized' });
    await Promise.all([byParams, byAuthToken, guest].map((client) => client.close()));
  });

  test('a token that has expired, is forged or is for something else is refused with 403', async () => {
    const ada = await new Browser(server).signUp('Expired');
    const { token, expires_in: life } = await ada.session();
    const aged = (age) => resigned(server, token, (claims) => ({ ...claims, signed_at: Date.now() - age }));
    assert.deepEqual(await refusal(server, { token: await aged(life - minute) }), [101, 410], 'nearly worn');
    assert.deepEqual(await refusal(server, { token: await aged(life + minute) }), [403, 403]);
    const seat = await resigned(server, token, (claims) => ({ ...claims, aud: 'seat' }));
    const [head, payload, signature] = token.split('.');
    const somebodyElse = JSON.parse(Buffer.from(payload, 'base64url'));
    somebodyElse.data.account.id += 1;
    const forged = [head, Buffer.from(JSON.stringify(somebodyElse)).toString('base64url'), signature].join('.');
    const unsigned = `${Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')}.${payload}.`;
    for (const bad of [seat, forged, unsigned, 'undefined', 'a.b.c']) {
      assert.deepEqual(await refusal(server, { token: bad }), [403, 403], bad);
    }
    const [encoded] = [Buffer.from(forged).toString('base64').replaceAll('=', '')];
    const protocol = { 'sec-websocket-protocol': `phoenix, base64url.bearer.phx.${encoded}` };
    const [byAuthToken] = await refusal(server, {}, protocol);
    assert.equal(byAuthToken, 403);
  });

  test('logging out everywhere closes all of the account\'s connections, and no token opens one again', async () => {
    const [here, there] = [await new Browser(server).signUp('Everywhere'), new Browser(server)];
    await there.logIn('Everywhere');
    const bo = await new Browser(server).signUp('Bystander');
    const clients = await Promise.all([here.connect(), there.connect()]);
    const { account } = await here.session();
    const pages = await Promise.all(clients.map((client) => client.join(`account:${account.id}`)));
    const bystander = await bo.connect();
    const other = await bo.session();
    await bystander.join(`account:${other.account.id}`);
    const { token } = await there.session();
    const closed = Promise.all(clients.map(ends));
    assert.equal((await here.send('DELETE', '/api/sessions')).status, 204);
    await Promise.all(pages.map((page) => page.heard('signed_out')));
    await closed;
    assert.deepEqual(await refusal(server, { token }), [403, 403]);
    assert.equal((await there.session()).account, null);
    assert.equal(bystander.socket.connectionState(), 'open');
    await Promise.all([...clients, bystander].map((client) => client.close()));
  });

  test('another password keeps who changed it logged in, and the client comes back by itself', async () => {
    const [here, there] = [await new Browser(server).signUp('Changed'), new Browser(server)];
    await there.logIn('Changed');
    const { account, token } = await here.session();
    const client = new Client(server.socket, { token });
    await client.join(`account:${account.id}`);
    const back = new Promise((resolve) => client.socket.onOpen(resolve));
    const change = { old: password, new: 'another horse battery' };
    assert.equal((await here.send('PUT', '/api/account/password', change)).status, 204);
    await back;
    await client.join('score:practice');
    assert.equal((await there.session()).account, null);
    await client.close();
  });

  test('a guesser is told to wait, and another address is not', async () => {
    await new Browser(server).signUp('Guessed');
    const guess = () => new Browser(server).send('POST', '/api/session', { name: 'guessed', password: 'a guess' });
    const answers = [];
    for (let count = 0; count < 11; count += 1) answers.push(await guess());
    assert.deepEqual(answers.map(({ status }) => status), [...Array(10).fill(401), 429]);
    assert.equal(answers.at(-1).reason, 'rate limited');
    const elsewhere = request({
      host: '127.0.0.1',
      port: new URL(server.origin).port,
      localAddress: '127.0.0.2',
      method: 'POST',
      path: '/api/session',
      headers: { 'content-type': 'application/json' },
    });
    const entered = new Promise((resolve, reject) => {
      elsewhere.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    elsewhere.end(JSON.stringify({ name: 'Guessed', password }));
    assert.equal(await entered, 200);
  });

  test('a request that another site\'s page makes with the cookie does nothing', async () => {
    const ada = await new Browser(server).signUp('Tricked');
    for (const [method, path, body] of [
      ['DELETE', '/api/sessions'],
      ['POST', '/api/account/delete', { password }],
      ['PUT', '/api/account/password', { old: password, new: 'another horse battery' }],
    ]) {
      const refused = await ada.send(method, path, body, { origin: 'https://evil.example' });
      assert.deepEqual(refused, { status: 403, reason: 'cross-site' });
    }
    assert.equal((await ada.session()).account.name, 'Tricked');
  });

  test('sessions and accounts outlive a crash of the server', async () => {
    const ada = await new Browser(server).signUp('Survivor');
    const before = await ada.session();
    await server.kill();
    await server.restart();
    assert.deepEqual((await ada.session()).account, before.account);
    const [opened] = await refusal(server, { token: before.token });
    assert.equal(opened, 101, 'the key is the same');
  });
});
