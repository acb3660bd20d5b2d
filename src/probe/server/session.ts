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
  static async open(target: ServerTarget, scope: Scope): Promise<ProbeSession> {
    const { server, user, password } = target;
    const { signal, changed: onChange } = scope;
    const control = await ControlConnection.open(server, { onChange, ...(signal && { signal }) });
    const session = new ProbeSession(scope.owns(control), scope);
    const greeting = await session.next(STEP_MS);
    expect2xx(greeting, server, 'no greeting');
    const asked = await session.command(`USER ${user}`);
    if (asked?.replyCode !== 230)
      expect2xx(await session.command(`PASS ${password}`), server, "can't log in");
    await session.command('TYPE I');
    return session;
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

  close(): void {
    this.#control.close();
  }
}

function expect2xx(reply: ControlReply | undefined, server: Endpoint, what: string): void {
  if (reply !== undefined && reply.replyCode < 300) return;
  const why = reply === undefined ? 'no reply' : reply.text.split('\n')[0];
  throw new PreflightError(`${what} at ${formatEndpoint(server)}: ${why}`);
}
