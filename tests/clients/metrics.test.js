// What a server tells machines of itself: its metrics, whether guests can come, and what is made of the metrics:
// the dashboard, the table in the README, and a view on a terminal.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';

import { Client } from '../support/live.js';
import { built } from '../support/process.js';
import { startServer } from '../support/server.js';
import { until } from '../support/until.js';

const command = process.env.TAP_RACER_BINARY ?? built('tap-racer');
const run = promisify(execFile);
const read = (path) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

/** Families of Prometheus' text format, by name: their kind, help, and samples by their labels. */
function parse(text) {
  const families = new Map();
  for (const block of text.trim().split('\n\n')) {
    const [help, type, ...samples] = block.split('\n');
    const [, name, said] = /^# HELP (\S+) (.+)$/.exec(help) ?? assert.fail(`no help: ${block}`);
    const [, kind] = new RegExp(`^# TYPE ${name} (counter|gauge|histogram)$`).exec(type) ?? assert.fail(block);
    const read = samples.map((line) => {
      const [, series, value] = /^(.+) (\S+)$/.exec(line) ?? assert.fail(line);
      assert.ok(series.startsWith(name) && Number.isFinite(Number(value)), line);
      return [series.slice(name.length), Number(value)];
    });
    assert.ok(!families.has(name), `${name} twice`);
    families.set(name, { kind, said, samples: new Map(read) });
  }
  return families;
}

/** The names of the metrics in a text, whatever of a histogram is meant. */
const named = (text) =>
  new Set([...text.matchAll(/\b(?:tap_racer|channels|process)_[a-z_]+/g)].map(([name]) => name.replace(/_(bucket|sum|count)$/, '')));

describe('a server in which a race was run', () => {
  let server;
  let room;
  let clients;
  let families;
  let text;

  before(async () => {
    server = await startServer();
    const made = await (await fetch(`${server.origin}/api/rooms`, { method: 'POST' })).json();
    room = made.room;
    clients = [new Client(server.socket), new Client(server.socket)];
    const screen = await clients[0].join(`console:${room}`, { host: made.host });
    const phone = await clients[1].join(`play:${room}`, { name: 'Zebedee' });
    await screen.ask('bots', { count: 1, level: 'easy' });
    const rules = { mode: 'sprint', taps: 30, countdown: 0, max_taps_per_second: 10 };
    await screen.ask('start', { rules });
    const { heat } = await phone.heard('phase', ({ phase }) => phase === 'running');
    // No human is so fast: ten may be made at once, and not the others.
    phone.say('tap', { heat, n: 25, at: 0 });
    await phone.heard('you', ({ refused }) => refused === 15);
    await screen.ask('cancel');
    families = await until('the count of what the race was', async () => {
      text = await (await fetch(`${server.origin}/metrics`)).text();
      const families = parse(text);
      const all = families.get('tap_racer_heats_total').samples;
      return all.get('{outcome="cancelled"}') === 1 && families.get('tap_racer_claims_total').samples.get('') === 1 && families;
    });
  });

  after(async () => {
    await Promise.all(clients.map((client) => client.close()));
    await server.stop();
  });

  const value = (name, labels = '') => families.get(name).samples.get(labels);

  test('counts what happened in it', () => {
    assert.equal(value('tap_racer_taps_total', '{outcome="accepted"}'), 10);
    assert.equal(value('tap_racer_taps_total', '{outcome="refused"}'), 15);
    assert.deepEqual([value('tap_racer_rooms'), value('tap_racer_rooms_racing'), value('tap_racer_racers')], [1, 0, 2]);
    assert.deepEqual([value('channels_connections'), value('channels_joins_total', '{outcome="ok"}')], [2, 2]);
    for (const name of ['messages_in', 'bytes_in', 'messages_out', 'bytes_out', 'broadcasts']) {
      assert.ok(value(`channels_${name}_total`) >= 3, name);
    }
    for (const name of ['tick', 'tick_late', 'snapshot', 'loop_lag']) {
      const { kind, samples } = families.get(`tap_racer_${name}_seconds`);
      assert.ok(kind === 'histogram' && samples.get('_count') >= 1, name);
      assert.equal(samples.get('_bucket{le="+Inf"}'), samples.get('_count'));
    }
    assert.equal(value('tap_racer_accounts_available'), 1);
    assert.ok(value('process_cpu_seconds_total') > 0 && value('process_resident_memory_bytes') > 1e6);
    assert.ok(value('process_open_fds') > 5 && value('process_open_fds') < value('process_max_fds'));
    assert.ok(Math.abs(value('process_start_time_seconds') - Date.now() / 1000) < 600);
  });

  test('says what each metric is, and never who is there', () => {
    assert.ok(!text.includes('Zebedee') && !text.includes(room), text);
    for (const name of families.keys()) assert.match(name, /^(tap_racer|channels|process)_/);
  });

  test('has a dashboard of all that it tells, and of nothing else', async () => {
    const dashboard = JSON.parse(await read('crates/tap-racer/grafana/tap-racer.json'));
    const source = { type: 'prometheus', uid: '${DS_PROMETHEUS}' };
    const panels = dashboard.panels.filter(({ type }) => type !== 'row');
    for (const { title, targets, datasource } of panels) {
      assert.deepEqual([datasource, ...targets.map((target) => target.datasource)], [source, ...targets.map(() => source)]);
      for (const { expr } of targets) {
        for (const name of named(expr)) assert.ok(families.has(name), `${title} asks for ${name}`);
        const [histogram] = /\S+_bucket/.exec(expr) ?? [];
        const name = histogram && [...named(histogram)][0];
        assert.ok(!name || families.get(name).kind === 'histogram', `${title} takes ${name} for a histogram`);
      }
    }
    assert.equal(new Set(dashboard.panels.map(({ id }) => id)).size, dashboard.panels.length);
    const asked = named(panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join(' '));
    assert.deepEqual([...families.keys()].filter((name) => !asked.has(name)), []);
  });

  test('has all that it tells explained in the README', async () => {
    const explained = named(await read('README.md'));
    assert.deepEqual([...families.keys()].filter((name) => !explained.has(name)), []);
    const known = (name) => families.has(name);
    assert.deepEqual([...explained].filter((name) => name.startsWith('tap_racer_') && !known(name)), []);
  });

  test('is shown once to who has no terminal', async () => {
    const top = ['top', '--url', server.origin, '--every', '200ms'];
    for (const flags of [[], ['--once']]) {
      const { stdout } = await run(command, [...top, ...flags]);
      for (const line of [/^ {2}connections +2$/m, /^ {2}racers +2$/m, /^ {2}heats +1$/m, /^ {2}CPU +\d+\.\d %$/m]) {
        assert.match(stdout, line);
      }
    }
  });
});

describe('a server whose metrics are apart', () => {
  let server;
  let apart;

  before(async () => {
    server = await startServer({ args: ['--metrics-listen', '127.0.0.1:0'] });
    const [, address] = /serving metrics.*address=(\S+)/.exec(server.log()) ?? assert.fail(server.log());
    apart = `http://${address}`;
  });

  const ask = async (url) => {
    const answer = await fetch(url);
    return [answer.status, await answer.text()];
  };

  test('keeps them from its guests', async () => {
    assert.equal((await ask(`${server.origin}/metrics`))[0], 404);
    assert.ok(parse((await ask(`${apart}/metrics`))[1]).has('tap_racer_rooms'));
    for (const origin of [server.origin, apart]) {
      assert.deepEqual(await ask(`${origin}/healthz`), [200, 'ok\n']);
      assert.deepEqual(await ask(`${origin}/readyz`), [200, '{"accounts":true,"ready":true}']);
    }
    assert.equal((await ask(`${apart}/console`))[0], 404);
    const refused = await run(command, ['top', '--once', '--url', server.origin]).catch((error) => error);
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /answers 404.*--metrics-listen/);
  });

  test('is not ready for guests any more while it stops, and is away afterwards', async () => {
    // A client that does not go although it is told to: the server waits for it for a while.
    const { hostname, port } = new URL(server.origin);
    const line = connect(port, hostname);
    // The server may be the one that cuts it.
    line.on('error', () => {});
    const key = Buffer.alloc(16).toString('base64');
    line.write(
      `GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: ${hostname}\r\nConnection: Upgrade\r\n` +
        `Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    await once(line, 'data');
    const stopped = server.stop();
    const answer = await until('another answer', async () => {
      const answer = await ask(`${apart}/readyz`);
      return answer[0] !== 200 && answer;
    });
    assert.deepEqual(answer, [503, '{"ready":false,"reason":"stopping"}']);
    assert.deepEqual(await ask(`${apart}/healthz`), [200, 'ok\n']);
    line.destroy();
    await stopped;
    const away = await run(command, ['top', '--once', '--url', apart]).catch((error) => error);
    assert.equal(away.code, 1);
    assert.match(away.stderr, /cannot connect/);
  });
});
