// A server that lies: ours, behind a control connection that hears, tells and answers otherwise, by one rule or two a case.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { Endpoint } from '../../../src/address.ts';
import { ReplyReader } from '../../../src/client/reply-reader.ts';
import { PEM } from './certificate.ts';

/** Something about commands that fit; the first rule that fits counts. The greeting is the answer to `GREETING`. */
export interface Rule {
  readonly to: RegExp;
  /** Only from the so-manieth time on, counted over the case. */
  readonly fromTime?: number;
  /** What the client hears; the server is not told. Empty: nothing. */
  readonly say?: string;
  /** What the server is told in its place; of several lines the last one's reply is passed on. */
  readonly tell?: (line: string) => string;
  /** What becomes of each reply; null: it is kept back. */
  readonly turn?: (reply: string) => string | null;
  /** Something else, on the control connection. */
  readonly act?: (line: string, client: Socket) => void;
}

export interface Lie {
  readonly rules?: readonly Rule[];
  /** Which of the servers behind it; the first unless set. */
  readonly upstream?: number;
  /** How it cuts lines; at LF unless set. */
  readonly cutsAt?: RegExp;
  /** Every packet is a command to it. */
  readonly wholePackets?: boolean;
  /** What packets that fit are answered with, before any line is looked for; `close` ends the session. */
  readonly packets?: readonly [RegExp, string];
  /** AUTH TLS works, for the control connection alone. */
  readonly tls?: boolean;
}

export interface Liar {
  readonly endpoint: Endpoint;
  /** From now on, for connections made from now on. */
  use(lie: Lie): void;
  close(): Promise<void>;
}

export async function startLiar(upstreams: readonly Endpoint[]): Promise<Liar> {
  let lie: Lie = {};
  let times = new Map<Rule, number>();
  const sockets = new Set<Socket>();
  const keep = <T extends Socket>(socket: T): T => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    return socket;
  };
  const [first] = upstreams;
  if (first === undefined) throw new Error('nobody to lie about');
  const server = createServer({ noDelay: true }, (client) => {
    const { address, port } = upstreams[lie.upstream ?? 0] ?? first;
    const upstream = keep(connect({ host: address, port, noDelay: true }));
    converse(keep(client), upstream, lie, times);
  });
  await once(server.listen(0, first.address), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: { address: first.address, port },
    use(next) {
      lie = next;
      times = new Map();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await once(server.close(), 'close');
    },
  };
}

type Turn = (reply: string) => string | null;
const AS_IT_IS: Turn = (reply) => reply;
const KEPT_BACK: Turn = () => null;

function converse(raw: Socket, upstream: Socket, lie: Lie, times: Map<Rule, number>): void {
  let client = raw;
  /** One for each command that the server was told and has not answered. */
  const turns: Turn[] = [ruleFor('GREETING')?.turn ?? AS_IT_IS];
  const reader = new ReplyReader();
  let rest = '';

  function ruleFor(line: string): Rule | undefined {
    return (lie.rules ?? []).find((rule) => {
      if (!rule.to.test(line)) return false;
      const time = (times.get(rule) ?? 0) + 1;
      times.set(rule, time);
      return time >= (rule.fromTime ?? 1);
    });
  }

  const answer = (text: string) => {
    if (text !== '') client.write(`${text}\r\n`, 'latin1');
  };

  function pass(line: string, turn: Turn): void {
    const lines = line.split('\r\n');
    turns.push(...lines.map((_, i) => (i === lines.length - 1 ? turn : KEPT_BACK)));
    upstream.write(`${line}\r\n`, 'latin1');
  }

  function hear(line: string): void {
    const rule = ruleFor(line);
    if (lie.tls && rule === undefined && /^AUTH TLS/.test(line)) secure();
    else if (rule?.act !== undefined) rule.act(line, client);
    else if (rule?.say !== undefined) answer(rule.say);
    else pass(rule?.tell?.(line) ?? line, rule?.turn ?? AS_IT_IS);
  }

  function secure(): void {
    answer('234 Go on.');
    const secureContext = createSecureContext({ key: PEM, cert: PEM });
    const secured = new TLSSocket(raw, { isServer: true, secureContext });
    client = secured;
    listen(secured);
  }

  function read(text: string): void {
    const [what, reply] = lie.packets ?? [];
    if (what?.test(text)) {
      if (reply === 'close') client.destroy();
      else answer(reply ?? '');
      return;
    }
    if (lie.wholePackets) {
      hear(text.replace(/\r?\n/g, ''));
      return;
    }
    const lines = (rest + text).split(lie.cutsAt ?? '\n');
    rest = lines.pop() ?? '';
    for (const line of lines) hear(line.replace(/\r$/, ''));
  }

  function listen(socket: Socket): void {
    socket.on('error', () => {}).on('data', (chunk: Buffer) => read(chunk.toString('latin1')));
  }

  listen(client);
  upstream.on('data', (chunk) => {
    for (const { text, replyCode } of reader.read(chunk.toString('latin1'))) {
      const turned = (turns[0] ?? AS_IT_IS)(text);
      if (replyCode >= 200) turns.shift();
      if (turned !== null) answer(turned);
    }
  });
  raw.on('close', () => upstream.destroy());
  upstream.on('close', () => raw.end());
}
