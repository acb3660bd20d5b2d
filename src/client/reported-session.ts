// A session over any user-PI: opens it, ends it with the signal, and reports every transfer in one shape.
import type { Endpoint } from '../address.ts';
import { systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { Digest } from './digest.ts';
import { Observation } from './observation.ts';
import type { TransferFailure } from './transfer-failure.ts';
import type { ClientSession, SessionOptions, TransferReport, TransferRequest } from './types.ts';
import { COMMANDS, type CreateUserPi, type UserPi } from './user-pi.ts';

/**
 * @throws LoginError when the server refuses or cannot be reached; the signal's reason when it was aborted; UsageError
 *   for options out of range
 */
export async function openReported(options: SessionOptions, create: CreateUserPi): Promise<ClientSession> {
  const { signal } = options;
  signal?.throwIfAborted();
  requireOneLine('user', options.user);
  requireOneLine('password', options.password);
  const session = new ReportedSession(options, create);
  try {
    await session.logIn();
    return session;
  } catch (error) {
    session.close();
    signal?.throwIfAborted();
    throw error;
  }
}

class ReportedSession implements ClientSession {
  readonly #signal: AbortSignal | undefined;
  readonly #observation = new Observation();
  readonly #userPi: UserPi;
  readonly #onAbort = (): void => this.close();
  #running = false;
  #closedByOwner = false;

  constructor(options: SessionOptions, create: CreateUserPi) {
    this.#signal = options.signal;
    const activeMode = { acceptTimeoutMs: options.timeoutMs, ...options.activeMode };
    const observed = { ...options, activeMode: this.#observation.watching(activeMode) };
    this.#userPi = create(observed, this.#observation);
  }

  logIn(): Promise<void> {
    this.#signal?.addEventListener('abort', this.#onAbort);
    return this.#userPi.logIn();
  }

  get local(): Endpoint {
    return this.#userPi.local;
  }

  get usable(): boolean {
    return this.#userPi.usable;
  }

  async transfer(request: TransferRequest): Promise<TransferReport> {
    requireOneLine('path', request.path);
    if (this.#running) throw new UsageError('a session runs one transfer at a time');
    this.#running = true;
    const digest = new Digest();
    this.#observation.reset();
    const startedAtMs = systemClock.nowMs();
    try {
      const error = await this.#attempt(request, digest);
      const endedAtMs = systemClock.nowMs();
      const { bytes } = digest;
      const command = COMMANDS[request.direction];
      return { command, startedAtMs, endedAtMs, bytes, hash: digest.hex(), ...this.#observation.seen, error };
    } finally {
      this.#running = false;
    }
  }

  close(): void {
    this.#closedByOwner = true;
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#userPi.close();
  }

  async #attempt(request: TransferRequest, digest: Digest): Promise<TransferFailure | undefined> {
    const failure = this.usable ? await this.#userPi.run(request, digest) : NOT_CONNECTED;
    return failure !== undefined && this.#closedByOwner ? { kind: 'cancelled' } : failure;
  }
}

const NOT_CONNECTED: TransferFailure = { kind: 'socket-error', phase: 'control', code: 'ENOTCONN' };

/** A line break would make two commands of one. */
function requireOneLine(what: string, text: string): void {
  if (/[\r\n\0]/.test(text))
    throw new UsageError(`the ${what} has a control character: ${JSON.stringify(text)}`);
}
