// What stands in `ftp.dataSocket` between PORT and the server's connection.
import { Socket } from 'node:net';

/**
 * basic-ftp wants a data socket before it sends the transfer command, while a correct server connects only after
 * it (RFC 959 §3.2). basic-ftp also destroys this socket on each of its ways out: the next data socket, a failed
 * transfer, `close()`, a lost control connection. So what must not outlive the wait is released here, once.
 */
export class Placeholder extends Socket {
  readonly #release: () => void;

  constructor(release: () => void) {
    super();
    this.#release = release;
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#release();
    super._destroy(error, callback);
  }
}
