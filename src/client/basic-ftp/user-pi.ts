// basic-ftp as the user-PI of a session.
import { Client, FTPError } from 'basic-ftp';
import { type Endpoint, unmapIPv4 } from '../../address.ts';
import { UsageError } from '../../errors.ts';
import { ActiveModeError } from '../active-mode-error.ts';
import { type Digest, DigestSink, DigestSource } from '../digest.ts';
import type { Observation } from '../observation.ts';
import type { TransferFailure } from '../transfer-failure.ts';
import type { SessionOptions, TransferRequest } from '../types.ts';
import { SERVICE_CLOSING, type UserPi } from '../user-pi.ts';
import { activeMode } from './active-mode.ts';
import { classifyFailure } from './classify.ts';
import { logIn } from './login.ts';

const NO_CONTENT = Buffer.alloc(0);

export class BasicFtp implements UserPi {
  readonly #options: SessionOptions;
  readonly #observation: Observation;
  readonly #client: Client;
  #local: Endpoint = { address: '', port: 0 };

  constructor(options: SessionOptions, observation: Observation) {
    this.#options = options;
    this.#observation = observation;
    this.#client = new Client(options.timeoutMs);
    this.#client.prepareTransfer = activeMode(options.activeMode);
    // "LIST -a", basic-ftp's first choice, is a round trip more where the server takes -a for a path.
    this.#client.availableListCommands = ['LIST'];
  }

  get local(): Endpoint {
    return this.#local;
  }

  get usable(): boolean {
    return !this.#client.closed;
  }

  async logIn(): Promise<void> {
    await logIn(this.#client, this.#options);
    const { localAddress = '', localPort = 0 } = this.#client.ftp.socket;
    this.#local = { address: unmapIPv4(localAddress), port: localPort };
  }

  async run(request: TransferRequest, digest: Digest): Promise<TransferFailure | undefined> {
    try {
      await this.#transfer(request, digest);
      return undefined;
    } catch (error) {
      if (error instanceof UsageError) throw error;
      if (error instanceof FTPError) this.#onRefusal(error);
      if (error instanceof ActiveModeError && error.remote) this.#observation.onRemote(error.remote);
      return classifyFailure(error, 'reply');
    }
  }

  close(): void {
    this.#client.close();
  }

  async #transfer({ direction, path, content = NO_CONTENT }: TransferRequest, digest: Digest): Promise<void> {
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
