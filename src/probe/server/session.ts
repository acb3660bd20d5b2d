// A logged-in control connection of the probe, and the server that it belongs to.
import { type Endpoint, formatEndpoint } from '../../address.ts';
import { ControlConnection, type ControlReply } from '../../client/control.ts';
import { PreflightError } from '../../errors.ts';
import type { Scope } from './scope.ts';

/** The server to look into, and who to be there. */
export interface ServerTarget {
  readonly server: Endpoint;
  readonly user: string;
  readonly password: string;
  /** A file to fetch; the folder is listed unless set. */
  readonly path?: string;
  /** The source port that the server is set to; L-1 unless set. */
  readonly dataPort?: number;
}

/** How long one reply may take where nothing is meant to hold it up. */
export const STEP_MS = 10_000;

export class ProbeSession {
  readonly local: Endpoint;
  readonly #control: ControlConnection;
  readonly #scope: Scope;
  #read = 0;

  private constructor(control: ControlConnection, scope: Scope) {
    this.#control = control;
    this.#scope = scope;
    this.local = control.local;
  }

  /** Connects and logs in. @throws PreflightError */
  static async open(target: ServerTarget, scope: Scope, localAddress?: string): Promise<ProbeSession> {
    const session = await ProbeSession.connect(target, scope, localAddress);
    await session.logIn(target);
    return session;
  }

  /** Connects; the greeting is the first reply. @throws PreflightError */
  static async connect({ server }: ServerTarget, scope: Scope, localAddress?: string): Promise<ProbeSession> {
    const { signal, changed: onChange } = scope;
    const from = localAddress === undefined ? {} : { localAddress };
    const control = await ControlConnection.open(server, { onChange, ...from, ...(signal && { signal }) });
    return ProbeSession.on(control, scope);
  }

  /** Over a control connection that is the scope's from now on. */
  static on(control: ControlConnection, scope: Scope): ProbeSession {
    return new ProbeSession(scope.owns(control), scope);
  }

  /** Reads the greeting, logs in, and asks for binary transfers. @throws PreflightError */
  async logIn({ server, user, password }: ServerTarget): Promise<void> {
    const greeting = await this.next(STEP_MS);
    expect2xx(greeting, server, 'no greeting');
    const asked = await this.command(`USER ${user}`);
    if (asked?.replyCode !== 230) expect2xx(await this.command(`PASS ${password}`), server, "can't log in");
    await this.command('TYPE I');
  }

  /** The connection below. */
  get control(): ControlConnection {
    return this.#control;
  }

  send(line: string): void {
    this.#control.send(line);
  }

  /** The reply that came and was not read yet. */
  take(): ControlReply | undefined {
    const reply = this.#control.replies[this.#read];
    if (reply !== undefined) this.#read += 1;
    return reply;
  }

  /** When the server ended the session; undefined as long as there is something left to read. */
  get endedAtMs(): number | undefined {
    return this.#read < this.#control.replies.length ? undefined : this.#control.endedAtMs;
  }

  /** The next reply; undefined when none comes in `ms` milliseconds, or none will. */
  async next(ms: number): Promise<ControlReply | undefined> {
    const over = () => (this.endedAtMs === undefined ? undefined : 'over');
    const found = await this.#scope.until<ControlReply | 'over'>(() => this.take() ?? over(), ms);
    return found === 'over' ? undefined : found;
  }

  /** The next reply that is no preliminary one (RFC 959 §4.2.1); undefined when none comes in `ms` milliseconds. */
  async final(ms: number): Promise<ControlReply | undefined> {
    const look = () => {
      let reply = this.take();
      while (reply !== undefined && reply.replyCode < 200) reply = this.take();
      return reply ?? (this.endedAtMs === undefined ? undefined : 'over');
    };
    const found = await this.#scope.until<ControlReply | 'over'>(look, ms);
    return found === 'over' ? undefined : found;
  }

  /** Whether the server ends the session within `ms` milliseconds; what it still says is passed over. */
  async over(ms: number): Promise<boolean> {
    const over = () => {
      while (this.take() !== undefined);
      return this.endedAtMs;
    };
    return (await this.#scope.until(over, ms)) !== undefined;
  }

  command(line: string): Promise<ControlReply | undefined> {
    this.send(line);
    return this.next(STEP_MS);
  }

  /** Of a line that is a byte string, such as a name from a listing: it need not be UTF-8. */
  commandBytes(line: string): Promise<ControlReply | undefined> {
    this.#control.sendBytes(Buffer.from(`${line}\r\n`, 'latin1'));
    return this.next(STEP_MS);
  }

  close(): void {
    this.#control.close();
  }
}

function expect2xx(reply: ControlReply | undefined, server: Endpoint, what: string): void {
  if (reply !== undefined && reply.replyCode < 300) return;
  const why = reply === undefined ? 'no reply' : reply.text.split('\n')[0];
  throw new PreflightError(`${what} at ${formatEndpoint(server)}: ${why}`);
}
