// An FTP client of sockets and strings: sends what a test says, reads replies whole, and hides nothing.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { type Endpoint, familyOf, unmapIPv4 } from '../../src/address.ts';
import { formatEprt, formatHostPort } from '../../src/ftp/host-port.ts';

export class RawClient {
  /** TLS over the connection, once there is. */
  socket: Socket;
  readonly local: Endpoint;
  /** The server's address. */
  readonly peer: string;
  /** The first reply. */
  greeting = '';
  #text = '';
  #ended = false;
  #wake: () => void = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    this.local = { address: unmapIPv4(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
    this.peer = unmapIPv4(socket.remoteAddress ?? '');
    socket.setNoDelay(true);
    this.#read(socket);
    socket.on('close', () => {
      this.#ended = true;
      this.#wake();
    });
  }

  #read(socket: Socket): void {
    socket
      .setEncoding('utf8')
      .on('data', (text: string) => this.#more(text))
      .on('error', () => {});
  }

  /** TLS from the first byte on, then the greeting. */
  static async connectTls({ address, port }: Endpoint, options: ConnectionOptions = {}): Promise<RawClient> {
    const socket = connect({ host: address, port });
    await once(socket, 'connect');
    const client = new RawClient(socket);
    await client.seal(options);
    client.greeting = await client.reply();
    return client;
  }

  /** AUTH TLS, and the handshake. */
  async startTls(options: ConnectionOptions = {}): Promise<TLSSocket> {
    const reply = await this.command('AUTH TLS');
    if (!reply.startsWith('234 ')) throw new Error(reply);
    return this.seal(options);
  }

  /** The handshake alone. Rejects when it fails. */
  async seal(options: ConnectionOptions = {}): Promise<TLSSocket> {
    this.socket.removeAllListeners('data');
    const tls = connectTls({ rejectUnauthorized: false, ...options, socket: this.socket });
    await once(tls, 'secureConnect');
    this.#read(tls);
    this.socket = tls;
    return tls;
  }

  /** Connects and reads the greeting. */
  static async connect({ address, port }: Endpoint, localAddress?: string): Promise<RawClient> {
    const socket = connect({ host: address, port, ...(localAddress !== undefined && { localAddress }) });
    await once(socket, 'connect');
    const client = new RawClient(socket);
    client.greeting = await client.reply();
    return client;
  }

  /** In binary mode, as every program sets it: the default is ASCII. */
  static async loggedIn(server: Endpoint, localAddress?: string): Promise<RawClient> {
    const client = await RawClient.connect(server, localAddress);
    await client.command('USER anonymous');
    await client.command('TYPE I');
    return client;
  }

  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** Sends one command and reads one reply, all its lines. */
  command(line: string): Promise<string> {
    this.send(`${line}\r\n`);
    return this.reply();
  }

  /** The next reply, without its last CRLF. Rejects when the server ends the session instead. */
  async reply(): Promise<string> {
    for (;;) {
      const found = /^(?:(\d{3})-[\s\S]*?\r\n\1 |\d{3} )[^\r\n]*\r\n/.exec(this.#text);
      if (found !== null) {
        this.#text = this.#text.slice(found[0].length);
        return found[0].trimEnd();
      }
      if (this.#ended) throw new Error(`session ended with ${JSON.stringify(this.#text)} unread`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Resolves when the server has ended the session. */
  async ended(): Promise<void> {
    while (!this.#ended) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Listens on the session's own address and announces it. */
  async announce(): Promise<DataListener> {
    const listener = await DataListener.on(this.local.address);
    const { endpoint } = listener;
    const v6 = familyOf(endpoint.address) === 6;
    const reply = await this.command(
      v6 ? `EPRT ${formatEprt(endpoint)}` : `PORT ${formatHostPort(endpoint)}`,
    );
    if (!reply.startsWith('200 ')) throw new Error(reply);
    return listener;
  }

  /** One transfer from the server: both replies, where it came from, and the bytes. */
  async fetch(command: string, listener: DataListener): Promise<Fetched> {
    this.send(`${command}\r\n`);
    const socket = await listener.accepted();
    const from = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    const [content, first] = await Promise.all([readAll(socket), this.reply()]);
    return { first, last: await this.reply(), from, content };
  }

  async quit(): Promise<void> {
    this.send('QUIT\r\n');
    await this.ended();
  }

  #more(text: string): void {
    this.#text += text;
    this.#wake();
  }
}

export interface Fetched {
  readonly first: string;
  readonly last: string;
  readonly from: Endpoint;
  readonly content: Buffer;
}

/** Where a client waits for data connections; they come paused. */
export class DataListener {
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #waiting: ((socket: Socket) => void)[] = [];

  private constructor(server: Server) {
    this.#server = server;
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => {});
      const next = this.#waiting.shift();
      if (next === undefined) this.#sockets.push(socket);
      else next(socket);
    });
  }

  static async on(address: string): Promise<DataListener> {
    const server = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    const listener = new DataListener(server);
    server.listen(0, address);
    await once(server, 'listening');
    return listener;
  }

  get endpoint(): Endpoint {
    const { address, port } = this.#server.address() as AddressInfo;
    return { address, port };
  }

  accepted(): Promise<Socket> {
    const socket = this.#sockets.shift();
    return socket === undefined
      ? new Promise((resolve) => this.#waiting.push(resolve))
      : Promise.resolve(socket);
  }

  /** Connections that nobody asked for. */
  get unasked(): number {
    return this.#sockets.length;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Everything up to the peer's FIN; then ends this side too. Rejects on a reset. */
export async function readAll(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const end = once(socket, 'end'); // rejects on 'error'
  socket.resume();
  await end;
  socket.end();
  return Buffer.concat(chunks);
}
