// The TLS sessions that one control connection has made: the only ones that its data connections may resume.
import { Server } from 'node:net';
import type { SecureContext } from 'node:tls';
import { createContext } from './context.ts';
import type { TlsPem } from './types.ts';

/** A client goes on with the last one, or with that of its control connection. */
const MOST_KEPT = 8;

/**
 * `isSessionReused()` says that some session was resumed, not whose. A context of its own, with ticket keys of its own, for
 * each control connection makes that the same question. Sessions by id, which TLS 1.2 has for clients without tickets,
 * are kept here: OpenSSL's own cache is off in Node.
 */
export class TlsSessions {
  readonly context: SecureContext;
  /** Node asks a server for sessions by events; this one listens nowhere. */
  readonly keeper: Server;
  readonly #byId = new Map<string, Buffer>();

  constructor(pem: TlsPem) {
    this.context = createContext(pem);
    this.keeper = new Server()
      .on('newSession', (id: Buffer, session: Buffer, done: () => void) => {
        this.#keep(id.toString('latin1'), session);
        done();
      })
      .on('resumeSession', (id: Buffer, done: (error: null, session: Buffer | null) => void) =>
        done(null, this.#byId.get(id.toString('latin1')) ?? null),
      );
  }

  #keep(id: string, session: Buffer): void {
    this.#byId.set(id, session);
    if (this.#byId.size <= MOST_KEPT) return;
    const [, second] = this.#byId.keys();
    // The first is the control connection's own, which a client without tickets resumes again and again.
    if (second !== undefined) this.#byId.delete(second);
  }
}
