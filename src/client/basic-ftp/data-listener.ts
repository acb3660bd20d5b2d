// The client's listening socket for one data connection.
import { type AddressInfo, createServer, type Server } from 'node:net';
import type { Endpoint } from '../../address.ts';
import { listenError } from '../active-mode-error.ts';

/** The listener and the address that it got. Whoever holds it must close it. */
export interface DataListener {
  readonly server: Server;
  readonly local: Endpoint;
}

/**
 * Listens on `wanted`; port 0 takes a free one. Node sets SO_REUSEADDR, so a port whose last data connection is
 * in TIME_WAIT can be listened on again: the same port works for one transfer after the other.
 * @throws ActiveModeError of phase `listen`
 */
export function listenForData(wanted: Endpoint): Promise<DataListener> {
  // Without pauseOnConnect an empty file's FIN ends the socket before the 150 has been read.
  const server = createServer({ pauseOnConnect: true });
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => reject(listenError(wanted, error));
    server.once('error', onError);
    // In a cluster worker the primary would listen and deal the connections out: this one is for us alone.
    server.listen({ host: wanted.address, port: wanted.port, exclusive: true }, () => {
      server.removeListener('error', onError);
      const { port } = server.address() as AddressInfo;
      resolve({ server, local: { address: wanted.address, port } });
    });
  });
}
