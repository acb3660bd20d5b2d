// One case's conversation with the server: its control connections, its listeners, and what its names in braces stand for.
import { type Endpoint, familyOf } from '../../address.ts';
import { ControlConnection } from '../../client/control.ts';
import { formatEprt, formatHostPort } from '../../ftp/host-port.ts';
import { ffiAvailable } from '../../net/libc.ts';
import { RawSocket } from '../../net/raw-socket.ts';
import { type Arrival, Catcher } from '../server/catcher.ts';
import type { Scope } from '../server/scope.ts';
import { ProbeSession, type ServerTarget } from '../server/session.ts';
import type { Answered } from './answer.ts';
import { reuseSocket } from './own-port.ts';
import type { Place } from './place.ts';

/** How long is waited for what, in milliseconds. */
export interface Patience {
  /** For a reply, a data connection, the end of one. */
  readonly stepMs: number;
  /** Until silence counts as such. */
  readonly settleMs: number;
  /** For the reply to a transfer whose data connection nobody answers. */
  readonly unansweredMs: number;
}

export class Talk {
  readonly target: ServerTarget;
  readonly place: Place;
  readonly scope: Scope;
  readonly patience: Patience;
  readonly listeners: Catcher[] = [];
  /** Data connections of the case, in their order, whoever made them. */
  readonly data: Arrival[] = [];
  readonly #sessions: ProbeSession[] = [];
  #session: ProbeSession | undefined;
  #closedPort: number | undefined;
  #names = new Map<string, string>();
  /** A passive data connection, which a transfer takes before any that arrives. */
  dialledOut: Arrival | undefined;

  constructor(target: ServerTarget, place: Place, scope: Scope, patience: Patience) {
    this.target = target;
    this.place = place;
    this.scope = scope;
    this.patience = patience;
  }

  /** The session that steps are about. */
  get session(): ProbeSession {
    if (this.#session === undefined) throw new Error('a case without a session');
    return this.#session;
  }

  /** Opens a session: it is the one that steps are about from now on. Its greeting is unread. */
  async connect(): Promise<ProbeSession> {
    return this.#use(await ProbeSession.connect(this.target, this.scope));
  }

  /** Logged in, and in the folder of the run. */
  async open(): Promise<ProbeSession> {
    return this.enter(await this.connect());
  }

  /** From a local port that its own listener can have, too. */
  async openFromSharedPort(): Promise<ProbeSession> {
    const socket = await reuseSocket(this.target.server, this.scope);
    const control = ControlConnection.over(socket, { onChange: this.scope.changed });
    return this.enter(this.#use(ProbeSession.on(control, this.scope)));
  }

  async enter(session: ProbeSession): Promise<ProbeSession> {
    await session.logIn(this.target);
    if (this.place.folder !== undefined) await session.command(`CWD ${this.place.folder}`);
    return session;
  }

  #use(session: ProbeSession): ProbeSession {
    this.#sessions.push(session);
    this.#session = session;
    return session;
  }

  /** Back to the session that was opened as the `index`th, from 0. */
  switchTo(index: number): void {
    this.#session = this.#sessions[index];
  }

  /** The listeners are numbered from 1, as in `{P1}`. */
  async listen(wanted = 0): Promise<Catcher> {
    const catcher = await Catcher.listen(this.session.local.address, this.scope, wanted);
    this.listeners.push(catcher);
    return catcher;
  }

  /** One that nobody listens on: taken by the kernel's choice, and given back. */
  async closePort(): Promise<void> {
    const catcher = await Catcher.listen(this.session.local.address, this.scope);
    this.#closedPort = catcher.local.port;
    catcher.close();
  }

  /** A port that answers no SYN, as behind a firewall that drops it: its queue is full. Undefined without the FFI. */
  async listenDeaf(): Promise<Endpoint | undefined> {
    if (!ffiAvailable()) return undefined;
    const family = familyOf(this.session.local.address);
    const open = () => this.scope.owns(RawSocket.open({ family }));
    const deaf = open();
    deaf.bind({ address: this.session.local.address, port: 0 });
    deaf.listen(0);
    const local = deaf.localEndpoint();
    open().connect(local);
    return local;
  }

  /** The first data connection on a listener that no step has taken yet. */
  untaken(listener: number): Arrival | undefined {
    if (this.dialledOut !== undefined && !this.data.includes(this.dialledOut)) return this.dialledOut;
    return this.listeners[listener - 1]?.arrivals.find((one) => !this.data.includes(one));
  }

  /** The next reply, or what there is in its place. */
  async answered(ms: number): Promise<Answered> {
    const reply = await this.session.next(ms);
    if (reply !== undefined) return reply;
    return this.session.endedAtMs === undefined ? 'none' : 'end';
  }

  /** With every name in braces filled in. @throws Error for one that there is none of, a mistake of the case */
  filled(text: string): string {
    return text.replace(/\{([A-Za-z]+\d?)\}/g, (_, name: string) => this.#valueOf(name));
  }

  #valueOf(name: string): string {
    const [, letter = '', digit = '1'] = /^([A-Za-z]+?)(\d?)$/.exec(name) ?? [];
    const listener = this.listeners[Number(digit || '1') - 1];
    switch (letter) {
      case 'P':
        return listener === undefined ? this.#none(name) : formatHostPort(listener.local);
      case 'E':
        return listener === undefined ? this.#none(name) : formatEprt(listener.local);
      case 'port':
        return listener === undefined ? this.#none(name) : String(listener.local.port);
      case 'A':
        return this.session.local.address.replaceAll('.', ',');
      case 'a':
        return this.session.local.address;
      case 'closed':
        return formatHostPort({ address: this.session.local.address, port: this.#closedPort ?? 9 });
      case 'file':
        return this.place.file?.path ?? this.#none(name);
      case 'big':
        return this.place.big?.path ?? this.#none(name);
      case 'folder':
        return this.place.folder ?? this.#none(name);
      case 'sub':
        return this.place.sub ?? this.#none(name);
      case 'user':
        return this.target.user;
      case 'password':
        return this.target.password;
      case 'new':
        return this.#newName(digit);
      default:
        return this.#none(name);
    }
  }

  /** `{new}`, `{new2}`: one name each that nothing has, the same throughout the case. */
  #newName(digit: string): string {
    const known = this.#names.get(digit) ?? this.place.newName();
    this.#names.set(digit, known);
    return known;
  }

  #none(name: string): never {
    throw new Error(`nothing to fill in for {${name}}`);
  }
}
