// What every version of the official client must find: the same cases over every transport.
import { after, before, describe } from 'node:test';

import { Client, load, waysOf } from '../../support/official.js';
import { startExample } from '../../support/example.js';
import { binaryCases } from './binary.js';
import { channelCases } from './channels.js';
import { connectionCases } from './connection.js';
import { fallbackCases } from './fallback.js';
import { presenceCases } from './presence.js';

let topics = 0;

export function suite(name, minor) {
  const library = load(name, minor);
  let server;
  before(async () => {
    server = await startExample('reference');
  });
  after(() => server?.kill());

  for (const way of waysOf(library)) {
    describe(`${name}, ${way.name}`, () => {
      before(() => {
        globalThis.XMLHttpRequest = way.XMLHttpRequest;
      });
      const kit = {
        library,
        way,
        /** A client for this test, connected. */
        connect(t, { url = server.socket, ...options } = {}) {
          const client = new Client(library, url, { transport: way.transport, ...options });
          t.after(() => client.close());
          return client;
        },
        /** A topic that no other test uses. */
        topic: (pattern) => pattern.replace('*', `${++topics}`),
      };
      channelCases(kit);
      presenceCases(kit);
      connectionCases(kit);
      binaryCases(kit);
      fallbackCases(kit);
    });
  }
}
