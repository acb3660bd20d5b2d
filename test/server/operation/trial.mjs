// For the scripts beside it: `port20 serve` as a process, and clients in active mode that read when they are told to.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { readSocketsAt, socketOwners } from '../../../dist/net/socket-table.js';

export const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** `command` is what stands before `serve`, such as a setpriv that starts node. Resolves once it listens. */
export async function startServe(args, command = [process.execPath, MAIN]) {
  const [program, ...before] = command;
  const child = spawn(program, [...before, 'serve', ...args], { stdio: ['ignore', 'inherit', 'pipe'] });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    said += text;
  });
  const exit = once(child, 'exit').then(([status, signal]) => signal ?? status);
  while (!/^listening on /m.test(said)) {
    const ended = await Promise.race([once(child.stderr, 'data').then(() => undefined), exit]);
    if (ended !== undefined) throw new Error(`serve ended with ${ended}: ${said}`);
  }
  async function stop() {
    child.kill('SIGTERM');
    return exit;
  }
  return { pid: child.pid, said: () => said, exit, stop };
}

export function workersOf(pid) {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** Established sockets on a port of the server that a process of it holds. */
export function socketsOf(pid, host, port) {
  const owners = socketOwners([pid]);
  return readSocketsAt({ address: host, port }, ['ESTABLISHED']).filter(({ inode }) => owners.has(inode));
}

/** Resolves once a worker has sessions: of those that come together each worker that serves gets its share. */
export async function servesNow(pid, { host, port }) {
  await until(async () => {
    const clients = await Promise.all(Array.from({ length: 8 }, () => Client.loggedIn({ host, port })));
    const held = socketsOf(pid, host, port).length;
    for (const client of clients) client.close();
    return held > 0;
  });
}

/** What /proc says of every thread of a process: those that say the same on one line. */
export function threadsOf(pid, fields) {
  const counts = new Map();
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, 'utf8');
    const line = fields
      .map(
        (field) =>
          `${field} ${new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(status)?.[1]?.replace(/\s+/g, ' ').trim()}`,
      )
      .join('; ');
    counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return [...counts].map(([line, threads]) => ({ line, threads }));
}

/** A session, logged in, with a listener that it has announced; each of its transfers is held until it is read. */
export class Client {
  #text = '';
  #wake = () => {};
  #ended = false;

  static async loggedIn({ host, port, from }) {
    const client = new Client();
    client.socket = connect({ host, port, localAddress: from });
    client.socket.setNoDelay(true).setEncoding('latin1');
    client.socket.on('data', (text) => {
      client.#text += text;
      client.#wake();
    });
    client.socket.on('error', () => {});
    client.socket.on('close', () => {
      client.#ended = true;
      client.#wake();
    });
    client.greeting = await client.reply();
    await client.command('USER anonymous');
    await client.command('TYPE I');
    return client;
  }

  async command(line) {
    this.socket.write(`${line}\r\n`);
    return this.reply();
  }

  async reply() {
    for (;;) {
      const end = this.#text.indexOf('\r\n');
      if (end !== -1) {
        const line = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return line;
      }
      if (this.#ended) throw new Error('the session was ended');
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Its data connection, paused, and the first reply. */
  async begin(command) {
    const listener = createServer({ pauseOnConnect: true, allowHalfOpen: true });
    listener.listen(0, this.socket.localAddress);
    await once(listener, 'listening');
    const { address, port } = listener.address();
    const announced = await this.command(`PORT ${address.replaceAll('.', ',')},${port >> 8},${port & 255}`);
    if (!announced.startsWith('200 ')) throw new Error(announced);
    const accepted = once(listener, 'connection');
    const first = await this.command(command);
    if (!first.startsWith('150 ')) {
      listener.close();
      throw new Error(first);
    }
    const [data] = await accepted;
    listener.close();
    data.on('error', () => {});
    return { client: this, data, from: data.remotePort };
  }

  close() {
    this.socket.destroy();
  }
}

/** Reads a transfer that was begun to its end. @returns bytes, and the last reply or why there is none */
export async function finish({ client, data }) {
  let bytes = 0;
  data.on('data', (chunk) => {
    bytes += chunk.length;
  });
  const over = once(data, 'close');
  data.on('end', () => data.end());
  data.resume();
  await over;
  const reply = await client.reply().catch((error) => error.message);
  return { bytes, reply };
}

export async function until(condition, timeoutMs = 30_000) {
  const endsAt = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > endsAt) throw new Error(`not within ${timeoutMs} ms: ${condition}`);
    await sleep(10);
  }
}
