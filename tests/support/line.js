// A network that can fail: whoever comes by its address reaches the server through it.
import { createServer, connect } from 'node:net';

/**
 * `cut` until it is mended, `hangUp` to end the connections of this moment, as a change of network does.
 * @returns {Promise<{ origin: string, cut: () => void, mend: () => void, hangUp: () => void, close: () => Promise<void> }>}
 */
export async function openLine(server) {
  const { hostname, port } = new URL(server.origin);
  const ends = new Set();
  let whole = true;
  const line = createServer((near) => {
    if (!whole) {
      near.destroy();
      return;
    }
    const far = connect(Number(port), hostname);
    for (const [end, other] of [[near, far], [far, near]]) {
      ends.add(end);
      end.on('error', () => end.destroy());
      end.on('close', () => {
        ends.delete(end);
        other.destroy();
      });
      end.pipe(other);
    }
  });
  await new Promise((resolve) => line.listen(0, '127.0.0.1', resolve));
  const hangUp = () => ends.forEach((end) => end.destroy());
  return {
    origin: `http://127.0.0.1:${line.address().port}`,
    cut() {
      whole = false;
      hangUp();
    },
    mend() {
      whole = true;
    },
    hangUp,
    close() {
      hangUp();
      return new Promise((resolve) => line.close(resolve));
    },
  };
}
