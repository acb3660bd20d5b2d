// Transfers under TLS as a test's client makes them: who dials, what is resumed, and how it ends.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import type { Endpoint } from '../../../src/address.ts';
import { selfSigned } from '../../support/certificate.ts';
import { type DataListener, RawClient, readAll } from '../raw-client.ts';

/** One for all tests of a file: what is in it is looked at nowhere. */
export const PEM = selfSigned();

/** What passes between TLS and its connection, which a test can end by itself: Node's own TLS ends both at once. */
export class Below extends Duplex {
  readonly #socket: Socket;
  readonly #keepsFin: boolean;

  constructor(socket: Socket, keepsFin: boolean) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    this.#keepsFin = keepsFin;
    socket
      .on('data', (chunk) => this.push(chunk) || socket.pause())
      .on('end', () => this.push(null))
      .on('error', (error) => this.destroy(error))
      .on('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#socket.write(chunk, done);
  }

  override _final(done: () => void): void {
    if (this.#keepsFin) done();
    else this.#socket.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (!this.#keepsFin) this.#socket.destroy();
    done(error);
  }
}

export interface Sealing {
  /** The newest of the client's own unless set. */
  readonly session?: Buffer | 'none';
  /** Whether the end of TLS ends TCP, too, for a test that ends it by itself; Node's own way unless set. */
  readonly keepsFin?: boolean;
}

export interface Way {
  readonly mode: 'active' | 'passive';
  readonly version: 'TLSv1.2' | 'TLSv1.3';
}

export const WAYS: readonly Way[] = (['active', 'passive'] as const).flatMap((mode) =>
  (['TLSv1.2', 'TLSv1.3'] as const).map((version) => ({ mode, version })),
);

/** Logged in, with PROT P, in binary mode; it keeps its sessions for data connections. */
export class SealedClient {
  readonly client: RawClient;
  /** Below TLS. */
  readonly below: Socket;
  readonly #options: ConnectionOptions;
  #control: TLSSocket | undefined;
  #tickets: Buffer[] = [];

  private constructor(client: RawClient, options: ConnectionOptions) {
    this.client = client;
    this.below = client.socket;
    this.#options = options;
  }

  static async connect(address: Endpoint, options: ConnectionOptions = {}): Promise<SealedClient> {
    const client = await RawClient.connect(address);
    const sealed = new SealedClient(client, options);
    const control = await client.startTls(options);
    control.on('session', (session) => sealed.#tickets.push(session));
    sealed.#control = control;
    await client.command('USER anonymous');
    for (const line of ['TYPE I', 'PBSZ 0', 'PROT P']) {
      const reply = await client.command(line);
      if (!reply.startsWith('200 ')) throw new Error(reply);
    }
    return sealed;
  }

  /** Of its control connection; with TLS 1.3 the newest ticket, which is for one use. */
  get session(): Buffer | undefined {
    return this.#tickets.at(-1) ?? this.#control?.getSession();
  }

  /** Sends the command and resolves with its data connection, in the clear yet, and the 150. */
  async open(command: string, { mode }: Way): Promise<{ readonly socket: Socket; readonly first: string }> {
    const { client } = this;
    if (mode === 'passive') {
      const [, port = '0'] = /\|\|\|(\d+)\|/.exec(await client.command('EPSV')) ?? [];
      const socket = connect({ host: client.peer, port: Number(port), allowHalfOpen: true });
      socket.on('error', () => {});
      await once(socket, 'connect');
      return { socket, first: await client.command(command) };
    }
    const listener: DataListener = await client.announce();
    client.send(`${command}\r\n`);
    const socket = await listener.accepted();
    const first = await client.reply();
    void listener.close(); // it has closed when the connection has
    return { socket, first };
  }

  /** The handshake, after the 150, as clients make it. */
  async seal(socket: Socket, { session = this.session, keepsFin }: Sealing = {}): Promise<TLSSocket> {
    const resumed = session === undefined || session === 'none' ? {} : { session };
    const below = keepsFin === undefined ? socket : new Below(socket, keepsFin);
    const tls = connectTls({ rejectUnauthorized: false, ...this.#options, ...resumed, socket: below });
    tls.on('error', () => {}).on('session', (ticket) => this.#tickets.push(ticket));
    await once(tls, 'secureConnect');
    return tls;
  }

  async fetch(command: string, way: Way): Promise<{ readonly content: Buffer; readonly last: string }> {
    const { socket } = await this.open(command, way);
    const tls = await this.seal(socket);
    const content = await readAll(tls);
    return { content, last: await this.client.reply() };
  }

  /** Ends by close_notify, and leaves its own end of TCP open. @returns the last reply */
  async store(command: string, content: Buffer, way: Way): Promise<string> {
    const { socket } = await this.open(command, way);
    const tls = await this.seal(socket);
    tls.resume().end(content);
    return this.client.reply();
  }
}
