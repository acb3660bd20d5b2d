// For the scripts beside it: the built server in a process of its own, and sessions with it that hide no byte.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));

/** `port20 serve` on an address of its own. `ended` resolves with the words for how it ended. */
export async function startServer(root, flags, { execArgv = [], env = {}, cwd } = {}) {
  const host = `127.${1 + (process.pid % 250)}.${1 + Math.trunc(Math.random() * 250)}.1`;
  const args = [
    ...execArgv,
    MAIN,
    'serve',
    '--listen',
    `${host}:2121`,
    '--root',
    root,
    '--log-level',
    'silent',
  ];
  const child = spawn(process.execPath, [...args, ...flags], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit').then(([code, signal]) => `the server ended: ${signal ?? code}`);
  const line = await Promise.race([
    once(createInterface(child.stderr), 'line').then(([text]) => text),
    ended,
  ]);
  if (!String(line).startsWith('listening on')) throw new Error(String(line));
  return { pid: child.pid, host, port: 2121, ended, kill: (signal) => child.kill(signal) };
}

/** A session of bytes as 'latin1', passive, so that nothing here has to listen. */
export class ScriptedSession {
  #socket;
  #host;
  #text = '';
  #ended = false;
  #wake = () => {};

  static async loggedIn({ host, port }, localAddress) {
    const session = new ScriptedSession();
    session.#host = host;
    session.#socket = connect({ host, port, localAddress }).setNoDelay(true).setEncoding('latin1');
    session.#socket
      .on('error', () => {})
      .on('data', (text) => {
        session.#text += text;
        session.#wake();
      })
      .on('close', () => {
        session.#ended = true;
        session.#wake();
      });
    const greeting = await session.reply();
    if (!greeting.startsWith('220')) throw new Error(greeting);
    await session.command('USER anonymous');
    return session;
  }

  send(lines) {
    this.#socket.write(lines, 'latin1');
  }

  command(line) {
    this.send(`${line}\r\n`);
    return this.reply();
  }

  /** The next reply, all its lines. Rejects when the server ends the session instead. */
  async reply() {
    for (;;) {
      const found = /^(?:(\d{3})-[\s\S]*?\r\n\1 |\d{3} )[^\r\n]*\r\n/.exec(this.#text);
      if (found !== null) {
        this.#text = this.#text.slice(found[0].length);
        return found[0].trimEnd();
      }
      if (this.#ended) throw new Error(`session ended with ${JSON.stringify(this.#text)} unread`);
      await new Promise((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** One command with a data connection. @returns that, and the first reply */
  async begin(line) {
    const [, port] = /\|\|\|(\d+)\|/.exec(await this.command('EPSV'));
    const localAddress = this.#socket.localAddress; // nobody else's connection is taken
    const data = connect({ host: this.#host, port: Number(port), localAddress }).on('error', () => {});
    return { data, first: await this.command(line) };
  }

  /** The same to its end: `upload` is sent, or `onData` gets what comes. @returns its replies */
  async transfer(line, { upload, onData = () => {}, onBegun = () => {} } = {}) {
    const { data, first } = await this.begin(line);
    const over = new Promise((resolve) => data.once('close', resolve));
    data.on('data', onData);
    if (!first.startsWith('1')) {
      data.destroy();
      return [first];
    }
    onBegun();
    if (upload !== undefined) data.end(upload);
    await over;
    return [first, await this.reply()];
  }

  get localPort() {
    return this.#socket.localPort;
  }

  destroy() {
    this.#socket.destroy();
  }

  reset() {
    this.#socket.resetAndDestroy();
  }
}
