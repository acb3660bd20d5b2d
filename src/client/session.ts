// One client session of the load generator: logs in once, then runs one transfer after the other.
import { Client, FTPError } from 'basic-ftp';
import { type Endpoint, unmapIPv4 } from '../address.ts';
import { systemClock } from '../clock.ts';
import { UsageError } from '../errors.ts';
import { activeMode } from './active-mode.ts';
import { classifyFailure, type TransferFailure } from './classify.ts';
import { Digest, DigestSink, DigestSource } from './digest.ts';
import { logIn } from './login.ts';
import { Observation } from './observation.ts';
import type { ClientSession, SessionOptions, TransferReport, TransferRequest } from './types.ts';

/** Service not available, closing control connection (RFC 959 §4.2). */
const SERVICE_CLOSING = 421;
const COMMANDS = { retr: 'RETR', stor: 'STOR', list: 'LIST' } as const;
const NO_CONTENT = Buffer.alloc(0);

/**
 * Logs in from `localAddress` in binary mode (TYPE I); every transfer uses active mode.
 * @throws LoginError when the server refuses or cannot be reached; the signal's reason when it was aborted
 */
export async function openSession(options: SessionOptions): Promise<ClientSession> {
  const { signal } = options;
  signal?.throwIfAborted();
  const session = new Session(options);
  try {
    await session.open();
    return session;
  } catch (error) {
    session.close();
    signal?.throwIfAborted();
    throw error;
  }
}

class Session implements ClientSession {
  readonly #options: SessionOptions;
  readonly #client: Client;
  readonly #onAbort = (): void => this.close();
  readonly #observation = new Observation();
  #local: Endpoint = { address: '', port: 0 };
  #closedByOwner = false;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#client = new Client(options.timeoutMs);
    this.#client.prepareTransfer = activeMode(
      this.#observation.watching({ acceptTimeoutMs: options.timeoutMs, ...options.activeMode }),
    );
    // "LIST -a", basic-ftp's first choice, is a round trip more where the server takes -a for a path.
    this.#client.availableListCommands = ['LIST'];
  }

  async open(): Promise<void> {
    this.#options.signal?.addEventListener('abort', this.#onAbort);
    await logIn(this.#client, this.#options);
    const { localAddress = '', localPort = 0 } = this.#client.ftp.socket;
    this.#local = { address: unmapIPv4(localAddress), port: localPort };
  }

  get local(): Endpoint {
    return this.#local;
  }

  get usable(): boolean {
    return !this.#client.closed;
  }

  async transfer(request: TransferRequest): Promise<TransferReport> {
    const digest = new Digest();
    this.#observation.reset();
    const startedAtMs = systemClock.nowMs();
    const error = await this.#attempt(request, digest);
    const endedAtMs = systemClock.nowMs();
    const { bytes } = digest;
    const command = COMMANDS[request.direction];
    return { command, startedAtMs, endedAtMs, bytes, hash: digest.hex(), ...this.#observation.seen, error };
  }

  close(): void {
    this.#closedByOwner = true;
    this.#options.signal?.removeEventListener('abort', this.#onAbort);
    this.#client.close();
  }

  async #attempt(request: TransferRequest, digest: Digest): Promise<TransferFailure | undefined> {
    try {
      await this.#run(request, digest);
      return undefined;
    } catch (error) {
      if (this.#closedByOwner) return { kind: 'cancelled' };
      if (error instanceof UsageError) throw error;
      if (error instanceof FTPError) this.#onRefusal(error);
      return classifyFailure(error, 'reply');
    }
  }

  async #run({ direction, path, content = NO_CONTENT }: TransferRequest, digest: Digest): Promise<void> {
    const client = this.#client;
    switch (direction) {
      case 'retr':
        await client.downloadTo(new DigestSink(digest), path);
        return;
      case 'stor':
        await client.uploadFrom(new DigestSource(content, digest), path);
        return;
      case 'list':
        client.parseList = (text) => {
          digest.update(Buffer.from(text, client.ftp.encoding));
          return [];
        };
        await client.list(path);
        return;
      default:
        direction satisfies never;
    }
  }

  #onRefusal({ code }: FTPError): void {
    this.#observation.onReply(code);
    if (code === SERVICE_CLOSING) this.#client.close();
  }
}
