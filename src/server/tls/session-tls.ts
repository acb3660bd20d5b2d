// TLS of one control connection: whether it is on, what was agreed for data connections, and whose sessions they resume.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { Refusal } from '../refusal.ts';
import { serverOptions } from './handshake.ts';
import type { Seal } from './sealed-socket.ts';
import { TlsSessions } from './sessions.ts';
import type { BareFin, TlsPem, TlsPolicy, TlsReuse } from './types.ts';

/** What all sessions that begin from now on have of TLS. */
export interface TlsService {
  readonly policy: Exclude<TlsPolicy, 'off'>;
  readonly pem: TlsPem;
  readonly reuse: TlsReuse;
  readonly bareFin: BareFin;
  /** Of the control ports those on which TLS begins at once. */
  readonly implicitPorts: readonly number[];
  /** For all sessions together: where nobody asks whose session is resumed, one for each would be a waste. */
  readonly shared: TlsSessions | undefined;
}

/** RFC 4217 §9: C until the client says otherwise. */
type Protection = 'C' | 'P';

export class SessionTls {
  readonly #service: TlsService | undefined;
  #socket: TLSSocket | undefined;
  #sessions: TlsSessions | undefined;
  #protection: Protection = 'C';
  /** RFC 4217 §8: PROT comes behind PBSZ. */
  bufferSizeSaid = false;

  constructor(service: TlsService | undefined) {
    this.#service = service;
  }

  /** Whether a client can have it. */
  get offered(): boolean {
    return this.#service !== undefined;
  }

  get on(): boolean {
    return this.#socket !== undefined;
  }

  get required(): boolean {
    return this.#service?.policy === 'require';
  }

  get protection(): Protection {
    return this.#protection;
  }

  isImplicitAt(localPort: number): boolean {
    return this.#service?.implicitPorts.includes(localPort) === true;
  }

  /** Over a connection of which everything that was sent in the clear is dropped. Must be offered. */
  begin(socket: Socket): TLSSocket {
    const { pem, shared } = this.#service as TlsService;
    this.#sessions = shared ?? new TlsSessions(pem);
    this.#socket = new TLSSocket(socket, serverOptions(this.#sessions));
    return this.#socket;
  }

  /** Nobody who speaks TLS from the first byte on expects data in the clear: clients that know no PROT are served, too. */
  beginImplicit(socket: Socket): TLSSocket {
    this.bufferSizeSaid = true;
    this.#protection = 'P';
    return this.begin(socket);
  }

  protect(protection: Protection): void {
    this.#protection = protection;
  }

  /** How the next data connection is sealed; undefined for not at all. @param limitMs for its handshake @throws Refusal 521 */
  seal(limitMs: number): Seal | undefined {
    if (this.#protection === 'C') {
      if (this.required) throw new Refusal(521, 'Data connections need TLS here: send PBSZ 0 and PROT P.');
      return undefined;
    }
    const { reuse, bareFin } = this.#service as TlsService;
    return { sessions: this.#sessions as TlsSessions, reuse, bareFin, limitMs };
  }

  /** For STAT. */
  get inWords(): string {
    if (this.#socket === undefined) return 'TLS: off';
    const data = this.#protection === 'P' ? 'sealed' : 'in the clear';
    return `TLS: ${this.#socket.getProtocol()}, data connections ${data}`;
  }
}
