// A scripted FTP responder: answers the login itself, and leaves each transfer command to the test's script.
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Endpoint } from '../../src/address.ts';
import { ownAddress } from '../support/loopback.ts';

/** One transfer command, and what a script can do about it. */
export interface Turn {
  readonly verb: string;
  readonly argument: string;
  /** From the last PORT or EPRT. */
  readonly target: Endpoint;
  readonly control: Socket;
  reply(...lines: string[]): void;
  /** Connects to the target, from the responder's address unless told otherwise. */
  connect(from?: Partial<Endpoint>): Promise<Socket>;
}

export type Script = (turn: Turn) => void | Promise<void>;
/** Scripts by verb. `PORT` and `EPRT` may have one too; theirs must reply. */
export type Scripts = Readonly<Record<string, Script>>;

export interface Responder {
  readonly endpoint: Endpoint;
  /** Every command that came, argument included. */
  readonly commands: readonly string[];
  close(): Promise<void>;
}

const STANDARD_REPLIES: Readonly<Record<string, string>> = {
  USER: '331 password',
  PASS: '230 logged in',
  TYPE: '200 ok',
  PORT: '200 ok',
  EPRT: '200 ok',
  QUIT: '221 bye',
};

export interface ResponderOptions {
  readonly address?: string;
  readonly welcome?: string;
  /** The server's side of a TLS handshake: AUTH secures the control connection, and data connections from then on. */
  readonly secure?: (socket: Socket) => Promise<Socket>;
}

export async function startResponder(scripts: Scripts, options: ResponderOptions = {}): Promise<Responder> {
  const { address = ownAddress() } = options;
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  };
  const server = createServer({ noDelay: true }, (socket) => {
    track(socket).write(`${options.welcome ?? '220 ready'}\r\n`);
    new Dialogue(scripts, options, commands, track).read(socket);
  });
  await once(server.listen(0, address), 'listening');
  const { port } = server.address() as Endpoint & { port: number };
  return { endpoint: { address, port }, commands, close: () => closeAll(server, sockets) };
}

async function closeAll(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy();
  await once(server.close(), 'close');
}

class Dialogue {
  #target: Endpoint = { address: '', port: 0 };
  #secureData: ResponderOptions['secure'];
  readonly #scripts: Scripts;
  readonly #options: ResponderOptions;
  readonly #commands: string[];
  readonly #track: (socket: Socket) => Socket;

  constructor(
    scripts: Scripts,
    options: ResponderOptions,
    commands: string[],
    track: (socket: Socket) => Socket,
  ) {
    this.#scripts = scripts;
    this.#options = options;
    this.#commands = commands;
    this.#track = track;
  }

  read(control: Socket): void {
    let rest = '';
    control.on('data', (chunk) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) this.#onCommand(control, line);
    });
  }

  #onCommand(control: Socket, line: string): void {
    this.#commands.push(line);
    const [verb = '', argument = ''] = line.split(/ (.*)/);
    if (verb === 'PORT' || verb === 'EPRT') this.#target = parseTarget(argument);
    if (verb === 'AUTH') {
      void this.#secure(control);
      return;
    }
    const script = this.#scripts[verb];
    if (script) void script(this.#turn(control, verb, argument));
    else control.write(`${STANDARD_REPLIES[verb] ?? '502 not here'}\r\n`);
  }

  async #secure(control: Socket): Promise<void> {
    control.removeAllListeners('data').pause().write('234 go ahead\r\n');
    this.#secureData = this.#options.secure;
    if (this.#options.secure) this.read(this.#track(await this.#options.secure(control)));
  }

  #turn(control: Socket, verb: string, argument: string): Turn {
    const target = this.#target;
    return {
      verb,
      argument,
      target,
      control,
      reply: (...lines) => control.write(`${lines.join('\r\n')}\r\n`),
      connect: async (from = {}) => {
        const { address: localAddress = control.localAddress ?? '', port: localPort } = from;
        const data = this.#track(
          connect({ host: target.address, port: target.port, localAddress, ...(localPort && { localPort }) }),
        );
        await once(data, 'connect');
        return this.#secureData?.(data) ?? data;
      },
    };
  }
}

function parseTarget(argument: string): Endpoint {
  const [, address = '', port = ''] = /^\|[12]\|([^|]+)\|(\d+)\|$/.exec(argument) ?? [];
  if (address) return { address, port: Number(port) };
  const [a, b, c, d, high = 0, low = 0] = argument.split(',').map(Number);
  return { address: `${a}.${b}.${c}.${d}`, port: high * 256 + low };
}

/** The orders in which servers reply, connect and send; `text` is the file. */
export const DOWNLOADS: Readonly<Record<string, (content: Buffer) => Script>> = {
  'connects, then replies 150': (content) => async (turn) => {
    const data = await turn.connect();
    turn.reply('150 here it comes');
    data.end(content);
    turn.reply('226 done');
  },
  'replies 150, then connects': (content) => async (turn) => {
    turn.reply('150 here it comes');
    const data = await turn.connect();
    data.end(content, () => turn.reply('226 done'));
  },
  'sends the file and its FIN before the 150': (content) => async (turn) => {
    const data = await turn.connect();
    data.end(content, () => turn.reply('150 it is there', '226 done'));
  },
  'replies 125 and 226 in one packet, then connects': (content) => async (turn) => {
    turn.reply('125 already open', '226 done');
    (await turn.connect()).end(content);
  },
};
