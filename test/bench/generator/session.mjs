// One client of the load generator: logs in, then does one thing after another as fast as the server lets it.
import {
  accept,
  close,
  connectTo,
  discard,
  EPOLLIN,
  EPOLLOUT,
  endWriting,
  LATER,
  listenAt,
  receive,
  send,
  sendFile,
} from './calls.mjs';

/** All sessions read replies into this one; what is left of a reply that is not whole is kept by its session. */
const replies = Buffer.alloc(16 * 1024);
const DISCARD_BYTES = 4 * 1024 * 1024;
const SEND_BYTES = 1024 * 1024;

/** A control connection: whole replies, by their code. */
export class Control {
  #onReply;
  #rest = '';
  #multi = '';

  constructor(epoll, { address, port }, localAddress, onReply) {
    this.#onReply = onReply;
    this.fd = connectTo(address, port, localAddress);
    epoll.watch(this.fd, EPOLLIN, () => this.#read());
  }

  /** Commands are small, and the next one comes behind the reply to the last: the kernel always takes them whole. */
  say(line) {
    const bytes = Buffer.from(line, 'latin1');
    if (send(this.fd, bytes) !== bytes.length) throw new Error(`'${line.trim()}' could not be sent`);
  }

  close() {
    if (this.fd !== undefined) close(this.fd);
    this.fd = undefined;
  }

  #read() {
    const bytes = receive(this.fd, replies);
    if (bytes === LATER) return;
    if (bytes === 0) throw new Error('the server ended a session');
    const text = this.#rest + replies.latin1Slice(0, bytes);
    let from = 0;
    for (let end = text.indexOf('\n', from); end !== -1; end = text.indexOf('\n', from)) {
      const line = text.slice(from, end);
      from = end + 1;
      if (this.#isLast(line)) this.#onReply(Number(line.slice(0, 3)), line);
      if (this.fd === undefined) return;
    }
    this.#rest = text.slice(from);
  }

  /** RFC 959 §4.2: `220-` begins what `220 ` ends. */
  #isLast(line) {
    if (this.#multi !== '') {
      if (!line.startsWith(this.#multi)) return false;
      this.#multi = '';
      return true;
    }
    if (line[3] === '-') this.#multi = `${line.slice(0, 3)} `;
    return line[3] !== '-';
  }
}

/**
 * Active mode: PORT, the transfer command, the bytes, 226; and again. A transfer is over when its last reply and the end of
 * its data have both come. Every one is checked by its length.
 */
export class TransferSession {
  #epoll;
  #load;
  #onDone;
  #onFailed;
  #onBytes;
  #listener;
  #control;
  #data;
  #bytes = 0;
  #offset = Buffer.alloc(8);
  #dataOver = false;
  #replied = false;
  #state = 'login';
  #startedAtMs = 0;

  /**
   * @param load { server, localAddress, login, command, expectedBytes } for what comes from the server (expectedBytes null:
   *   more than nothing), or with file and bytes for what goes there. `fresh`: each transfer to a port of its own, as most
   *   clients do it, so that what is left of each stays in TIME_WAIT; else one port for all
   * @param onDone told of every transfer's duration
   * @param onFailed told of every reply that says that a transfer failed
   * @param onBytes told of bytes as they move
   */
  constructor(epoll, load, { onDone, onFailed, onBytes }) {
    this.#epoll = epoll;
    this.#load = load;
    this.#onDone = onDone;
    this.#onFailed = onFailed;
    this.#onBytes = onBytes;
    this.#listen();
    this.#control = new Control(epoll, load.server, load.localAddress, (code, line) =>
      this.#hear(code, line),
    );
  }

  #listen() {
    const { localAddress } = this.#load;
    this.#listener = listenAt(localAddress);
    this.#epoll.watch(this.#listener.fd, EPOLLIN, () => this.#accept());
    const { port } = this.#listener;
    this.port = `PORT ${localAddress.replaceAll('.', ',')},${port >> 8},${port & 255}\r\n`;
  }

  close() {
    this.#control.close();
    close(this.#listener.fd);
    if (this.#data !== undefined) close(this.#data);
  }

  #hear(code, line) {
    const { login, command } = this.#load;
    const say = (text, next) => {
      this.#state = next;
      this.#control.say(text);
    };
    if (this.#state === 'login') {
      const answer = loginAnswer(code, login);
      if (answer === undefined) say('TYPE I\r\n', 'type');
      else this.#control.say(answer);
    } else if (code === 200 && this.#state === 'type') this.#begin();
    else if (code === 200 && this.#state === 'port') say(command, 'transfer');
    else if ((code === 150 || code === 125) && this.#state === 'transfer') this.#state = 'moving';
    else if (code === 226 && this.#state === 'moving') this.#finish('replied');
    else if (code > 421 && ['transfer', 'moving'].includes(this.#state)) this.#fail(line);
    else throw new Error(`in ${this.#state} the server said: ${line.trim()}`);
  }

  #fail(line) {
    if (this.#data !== undefined) close(this.#data);
    this.#data = undefined;
    this.#onFailed(line.trim());
    this.#begin();
  }

  #begin() {
    this.#startedAtMs = performance.now();
    this.#bytes = 0;
    this.#dataOver = false;
    this.#replied = false;
    this.#state = 'port';
    if (this.#load.fresh) {
      close(this.#listener.fd);
      this.#listen();
    }
    this.#control.say(this.port);
  }

  #accept() {
    const fd = accept(this.#listener.fd);
    if (fd === LATER) return;
    this.#data = fd;
    const { file } = this.#load;
    if (file === undefined) {
      this.#epoll.watch(fd, EPOLLIN, () => this.#receive());
      this.#receive();
    } else {
      this.#offset.fill(0);
      if (!this.#send()) this.#epoll.watch(fd, EPOLLOUT, () => this.#send());
    }
  }

  #receive() {
    for (;;) {
      const bytes = discard(this.#data, DISCARD_BYTES);
      if (bytes === LATER) return;
      if (bytes === 0) break;
      this.#bytes += bytes;
      this.#onBytes(bytes);
      if (bytes > 65536) return; // others' turn
    }
    const { expectedBytes } = this.#load;
    if (expectedBytes === null ? this.#bytes === 0 : this.#bytes !== expectedBytes)
      throw new Error(`${this.#bytes} bytes came, ${expectedBytes} were due`);
    this.#dataEnds();
  }

  /** @returns whether all is sent */
  #send() {
    const { file, bytes } = this.#load;
    const sent = sendFile(this.#data, file, this.#offset, Math.min(SEND_BYTES, bytes - this.#bytes));
    if (sent !== LATER) {
      this.#bytes += sent;
      this.#onBytes(sent);
    }
    if (this.#bytes < bytes) return false;
    endWriting(this.#data);
    this.#dataEnds();
    return true;
  }

  #dataEnds() {
    close(this.#data);
    this.#data = undefined;
    this.#finish('dataOver');
  }

  #finish(what) {
    if (what === 'replied') this.#replied = true;
    else this.#dataOver = true;
    if (!this.#replied || !this.#dataOver) return;
    this.#onDone(performance.now() - this.#startedAtMs);
    this.#begin();
  }
}

/** Answers the greeting and the question for a password. @returns what is to be said to a reply; undefined once logged in */
function loginAnswer(code, { user, password }) {
  if (code === 220) return `USER ${user}\r\n`;
  if (code === 331) return `PASS ${password}\r\n`;
  if (code === 230) return undefined;
  throw new Error(`at a login the server said ${code}`);
}

/** Logs in and is silent. */
export class IdleSession {
  #control;

  constructor(epoll, { server, localAddress, login }, onReady) {
    this.#control = new Control(epoll, server, localAddress, (code) => {
      const answer = loginAnswer(code, login);
      if (answer === undefined) onReady();
      else this.#control.say(answer);
    });
  }

  close() {
    this.#control.close();
  }
}

/** Connects, logs in, ends; and again. */
export class LoginSession {
  #control;
  #startedAtMs = 0;

  constructor(epoll, { server, localAddress, login }, onDone) {
    const begin = () => {
      this.#startedAtMs = performance.now();
      this.#control = new Control(epoll, server, localAddress, (code) => {
        const answer = loginAnswer(code, login);
        if (answer !== undefined) return this.#control.say(answer);
        onDone(performance.now() - this.#startedAtMs);
        this.#control.close();
        begin();
      });
    };
    begin();
  }

  close() {
    this.#control.close();
  }
}

/** A session that says NOOP now and then: how long another session keeps it waiting. */
export class NoopSession {
  #control;
  #sentAtMs;
  #due = 0;
  #ready = false;
  worstMs = 0;

  constructor(epoll, { server, localAddress, login }) {
    this.#control = new Control(epoll, server, localAddress, (code) => {
      if (!this.#ready) {
        const answer = loginAnswer(code, login);
        if (answer === undefined) this.#ready = true;
        else this.#control.say(answer);
        return;
      }
      this.worstMs = Math.max(this.worstMs, performance.now() - this.#sentAtMs);
      this.#sentAtMs = undefined;
    });
  }

  /** To be called in every turn. */
  turn(nowMs) {
    if (!this.#ready || this.#sentAtMs !== undefined || nowMs < this.#due) return;
    this.#due = nowMs + 20;
    this.#sentAtMs = nowMs;
    this.#control.say('NOOP\r\n');
  }

  close() {
    this.#control.close();
  }
}
