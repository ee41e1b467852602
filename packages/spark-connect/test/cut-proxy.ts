import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy to a port of this machine that can cut what goes through it. */
export interface CutProxy {
  port: number;
  /** Connections that were made so far. */
  connections(): number;
  /** Breaks every connection, and refuses new ones for so many milliseconds. */
  cut(refuseMs?: number): void;
  /** Lets nothing more through the connections that are open now, and tells nobody. */
  freeze(): void;
  /** Breaks each new connection when it has carried so many bytes from the server; 0 ends that. */
  cutAfter(bytes: number): void;
  close(): Promise<void>;
}

export async function cutProxy(target: number): Promise<CutProxy> {
  const open = new Set<Socket>();
  let made = 0;
  let limit = 0;
  let refused = 0;
  const server = createServer((client) => {
    if (performance.now() < refused) return client.resetAndDestroy();
    made += 1;
    const upstream = connect(target, '127.0.0.1');
    const most = limit;
    let carried = 0;
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          open.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    upstream.on('data', (data) => {
      carried += data.length;
      if (most > 0 && carried > most) client.resetAndDestroy();
    });
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    connections: () => made,
    cut(refuseMs = 0) {
      refused = performance.now() + refuseMs;
      for (const socket of open) socket.resetAndDestroy();
    },
    freeze() {
      for (const socket of open) socket.unpipe().pause().removeAllListeners('data');
    },
    cutAfter(bytes) {
      limit = bytes;
    },
    async close() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
    },
  };
}
