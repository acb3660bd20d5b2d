// A proxy for control connections that changes what replies say; data connections pass it by.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Endpoint } from '../../src/address.ts';

export interface Proxy {
  readonly endpoint: Endpoint;
  /** Replies that were replaced. */
  readonly rewritten: number;
  close(): Promise<void>;
}

/** Listens beside `server`, and puts `replacements` in the place of one-line replies with these reply codes. */
export async function startProxy(
  server: Endpoint,
  replacements: Readonly<Record<string, string>>,
): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let rewritten = 0;
  const replaced = (line: string) => {
    const other = replacements[line.slice(0, 3)];
    if (other !== undefined) rewritten += 1;
    return other ?? line;
  };
  const proxy = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ host: server.address, port: server.port, noDelay: true });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    }
    client.pipe(upstream);
    let rest = '';
    upstream.on('data', (chunk) => {
      const lines = (rest + chunk.toString('latin1')).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) client.write(`${replaced(line)}\r\n`);
    });
    upstream.on('close', () => client.destroy());
  });
  await once(proxy.listen(0, server.address), 'listening');
  const { port } = proxy.address() as AddressInfo;
  return {
    endpoint: { address: server.address, port },
    get rewritten() {
      return rewritten;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await once(proxy.close(), 'close');
    },
  };
}
