// One control connection: reads commands, answers them in order, and holds what its next data connection needs.

import type { Socket } from 'node:net';
import { type Endpoint, unmapIPv4 } from '../../address.ts';
import { errorCodeOf } from '../../errors.ts';
import { type Command, hasControlBreak, parseCommand } from '../../ftp/command-line.ts';
import { FACTS, type Fact } from '../../ftp/facts.ts';
import type { TransferType } from '../../ftp/parameters.ts';
import { formatReply } from '../../ftp/reply.ts';
import { keepUrgentInline } from '../../net/urgent.ts';
import type { ServerContext } from '../context.ts';
import { Cancellation } from '../data/cancellation.ts';
import type { DataChannel } from '../data/channel.ts';
import { destroyed, endGently, gone } from '../data/open-sockets.ts';
import type { Paces } from '../data/pace.ts';
import { dataPortOf } from '../data-port.ts';
import type { Actor } from '../files/change-record.ts';
import type { SessionFileSystem } from '../files/file-system.ts';
import type { StockConnection, StockLetter } from '../ftp-srv.ts';
import { Refusal } from '../refusal.ts';
import { SessionTls } from '../tls/session-tls.ts';
import type { User } from '../users/user.ts';
import type { HeldPaces } from '../users/user-paces.ts';
import { CommandQueue, type Queued } from './command-queue.ts';
import { LineReader } from './line-reader.ts';
import type { SessionIds } from './login-record.ts';
import { publishRefusal } from './refusal-record.ts';
import { SessionLogin } from './session-login.ts';
import { SessionAccount } from './session-record.ts';
import { stockReply } from './stock-reply.ts';
import type { FindVerb } from './verb.ts';

/** PATH_MAX and a verb. */
const MAX_LINE_BYTES = 4200;
/** Replies that a client does not read pile up here; then it is gone. */
const MAX_UNREAD_REPLY_BYTES = 256 * 1024;
/** Our FIN is handed over in the turn behind the content's, and its callback comes in the next. */
const CORKED_TURNS = 4;

/** How long a client that has been told of the end may take to end its side: a close behind what it still sends is a reset. */
const FAREWELL_MS = 1000;

/** A transfer that runs, as STAT tells of it. */
export interface TransferStatus {
  readonly verb: string;
  /** Bytes that have moved; undefined until there is a data connection. */
  bytes?: () => number;
}

export class Session {
  readonly id: number;
  readonly context: ServerContext;
  readonly connection: StockConnection;
  /** The addresses of the control connection; data connections use the same two. */
  readonly local: Endpoint;
  readonly peer: Endpoint;
  /** What it has moved, and why it ends. */
  readonly account: SessionAccount;
  readonly cancellation = new Cancellation();
  readonly tls: SessionTls;
  /** RFC 959 §3.1.1.1: ASCII is the default type. */
  type: TransferType = 'ascii';
  /** What OPTS MLST chose. */
  facts: readonly Fact[] = FACTS;
  /** Where REST asked the next transfer to start. */
  restartBytes = 0;
  transfer: TransferStatus | undefined;
  /** RFC 2428 §4: after EPSV ALL nothing else may set up a data connection. */
  epsvOnly = false;
  readonly #findVerb: FindVerb<Session>;
  /** What commands come by, and replies go: the connection itself, or TLS over it. */
  #socket: Socket;
  /** Whose commands are obeyed: nobody's while the handshake is about to begin. */
  #obeyed: Socket | undefined;
  readonly #queue: CommandQueue;
  readonly #ids: SessionIds;
  readonly #login: SessionLogin;
  /** Aborted as the session ends, from whichever side. */
  readonly #ending = new AbortController();
  #loginTimer: NodeJS.Timeout;
  /** Since the last command or reply. Not the socket's own: it begins anew at every byte of a line that never ends. */
  readonly #idleTimer: NodeJS.Timeout;
  #channel: DataChannel | undefined;
  #user: User | undefined;
  #held: HeldPaces | undefined;
  #channelRefused = false;
  /** The one that runs, or ran last; what is answered in mid-transfer does not count. */
  #command: Command | undefined;
  /** The first of two replies waits for the second. */
  #corked: NodeJS.Immediate | undefined;
  #ended = false;

  constructor(id: number, connection: StockConnection, context: ServerContext, findVerb: FindVerb<Session>) {
    const socket = connection.commandSocket;
    this.id = id;
    this.context = context;
    this.connection = connection;
    this.tls = new SessionTls(context.tls);
    this.#findVerb = findVerb;
    this.local = { address: unmapIPv4(socket.localAddress ?? ''), port: socket.localPort ?? 0 };
    this.peer = { address: unmapIPv4(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    this.#ids = { server: context.server, session: id, local: this.local, peer: this.peer };
    this.account = new SessionAccount(this.#ids, context.clock.nowMs);
    this.#login = new SessionLogin(context, this.#ids, this.#ending.signal);
    connection.reply = (options, ...letters) => this.#stockReply(options, letters);
    this.#queue = new CommandQueue({
      run: (command) => this.#run(command),
      isTransfer: ({ verb }) => findVerb(verb)?.transfer === true,
      isAside: (command) => this.#isAside(command),
      interrupt: () => this.cancellation.cancel(),
      quitWaits: () => this.cancellation.endWaits(),
      onFlood: () => this.end(421, 'Too many commands at once.'),
    });
    this.#loginTimer = this.#startLoginTimer();
    this.#idleTimer = setTimeout(() => this.#endIdle(), context.idleTimeoutMs);
    // Python's ftplib sends the whole of `ABOR CR LF` as urgent data: its LF would be lost, and the command without an end.
    keepUrgentInline(socket);
    socket
      .once('error', (error) => this.account.endsBy(errorCodeOf(error)))
      .once('close', () => this.#lost());
    this.#socket = socket;
    if (this.tls.isImplicitAt(this.local.port)) this.#useTls(this.tls.beginImplicit(socket));
    else this.#listen(socket);
  }

  /** Local port of its active data connections: by RFC 959 §3.2 the one below that of its control connection. */
  get dataPort(): number {
    return dataPortOf(this.context, this.local.port);
  }

  get files(): SessionFileSystem {
    return this.connection.fs as SessionFileSystem;
  }

  get loggedIn(): boolean {
    return this.connection.authenticated === true;
  }

  /** Undefined before the login, and again while the user is changed. */
  get user(): User | undefined {
    return this.loggedIn ? this.#user : undefined;
  }

  /** How fast its transfers may be; undefined for as fast as they can. */
  get paces(): Paces | undefined {
    return this.#held?.paces;
  }

  /** As whom it is told to whoever listens: as nobody, while nobody is logged in. */
  get actor(): Actor {
    const { server, session, peer } = this.#ids;
    return { server, session, peer, user: this.user?.name ?? '' };
  }

  /** USER: from now on this is nobody's session, until a login is accepted. @param username byte string */
  nameUser(username: string): void {
    this.#login.leave();
    this.#dropPaces();
    this.connection.username = username;
    this.connection.authenticated = false;
  }

  /** Of the user that was named; replies, and ends the session after too many refusals. Must not be logged in. */
  async logIn(password: string): Promise<void> {
    try {
      const result = await this.#login.attempt(this.connection.username ?? '', password);
      if (result.kind === 'accepted') {
        this.#user = result.user;
        if (!this.#ended) this.#held = this.context.userPaces.of(result.user, this.context.maxBytesPerSecond);
        this.connection.fs = result.files;
        this.connection.authenticated = true;
        this.reply(230, 'User logged in, proceed.');
      } else if (result.replyCode === 421) this.end(421, result.text);
      else this.reply(530, result.text);
    } catch (error) {
      if (!this.#ending.signal.aborted) throw error; // there is nobody left to tell
    }
  }

  /** How the next data connection is to be made; undefined until PORT, EPRT, PASV or EPSV says so. */
  get channel(): DataChannel | undefined {
    return this.#channel;
  }

  /** Whether the last command to name one was refused: then there is no default either. */
  get channelRefused(): boolean {
    return this.#channelRefused;
  }

  useChannel(channel: DataChannel): void {
    this.#channel?.close();
    this.#channel = channel;
    this.#channelRefused = false;
  }

  /** REIN (RFC 959 §4.1.1): as after the greeting, but for the connection itself. */
  reinitialize(): void {
    this.#dropChannel();
    this.#login.leave();
    this.#channelRefused = false;
    this.type = 'ascii';
    this.facts = FACTS;
    this.restartBytes = 0;
    this.epsvOnly = false;
    this.connection.username = undefined;
    this.connection.authenticated = false;
    this.connection.fs = undefined;
    this.#dropPaces();
    clearTimeout(this.#loginTimer);
    this.#loginTimer = this.#startLoginTimer();
  }

  /** A passive listener serves one transfer; PORT holds until it is replaced (RFC 959 §3.2). */
  channelUsed(): void {
    if (this.#channel?.binder === 'passive') this.#channel = undefined;
  }

  /**
   * A reply to which the next one is about to come: both in one write then, and by itself in some turns of the event loop
   * at the latest. A small write costs about as much as all else that a small transfer needs on the control connection.
   */
  replySoon(replyCode: number, text: string): void {
    this.#socket.cork();
    this.reply(replyCode, text);
    let turns = 0;
    const wait = () => {
      if (++turns === CORKED_TURNS) this.#uncork();
      else this.#corked = setImmediate(wait);
    };
    this.#corked = setImmediate(wait);
  }

  #uncork(): void {
    if (this.#corked === undefined) return;
    clearImmediate(this.#corked);
    this.#corked = undefined;
    this.#socket.uncork();
  }

  reply(replyCode: number, text: string | readonly string[]): void {
    const socket = this.#socket;
    if (!socket.writable) return;
    this.#isNotIdle();
    // One write: half a reply in a packet confuses clients. Names go back as the bytes that they came as.
    socket.write(formatReply(replyCode, text), 'latin1');
    this.#uncork(); // with what was held back for this one
    if (socket.writableLength <= MAX_UNREAD_REPLY_BYTES) return;
    this.account.endsBy('replies were not read');
    socket.destroy();
  }

  /** The last reply, then the end of the session. */
  end(replyCode: number, text: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.account.endsBy(replyCode === 221 ? 'QUIT' : text);
    this.#giveBack();
    this.reply(replyCode, text);
    endGently(this.#socket);
  }

  /**
   * Ends the session for a server that stops: at once, but for a transfer that runs, which has until `graceOver` aborts.
   * Resolves when its command and its socket are over.
   */
  async finish(graceOver: AbortSignal): Promise<void> {
    await unlessAborted(this.#queue.finish(), graceOver);
    if (!graceOver.aborted) {
      this.end(421, 'The server is closing.');
      await unlessAborted(gone(this.#socket, FAREWELL_MS), graceOver);
    }
    await this.close();
  }

  /** Ends the session at once; resolves when its command and its socket are over. */
  async close(): Promise<void> {
    this.#ending.abort();
    const idle = this.#queue.close();
    if (!this.#ended) await idle;
    this.end(421, 'The server is closing.');
    await destroyed(this.#socket);
    await idle;
  }

  #listen(socket: Socket): void {
    this.#obeyed = socket;
    const obey = (command: Queued) => {
      this.#isNotIdle();
      if (socket === this.#obeyed) this.#queue.push(command); // AUTH may stand in mid-packet
    };
    const reader = new LineReader(MAX_LINE_BYTES, {
      onLine: (line) => line !== '' && obey(parseCommand(line)),
      onOverlong: () => obey('overlong'),
    });
    socket.on('data', (packet: Buffer) => reader.push(packet)).once('end', () => void this.#queue.close()); // 'close' comes some turns later: an upload could be whole by then
  }

  /**
   * AUTH: everything that was sent ahead of the handshake is dropped, for anybody between could have put it there (as with
   * CVE-2011-0411), and whoever was logged in is not any more.
   */
  async startTls(replyCode: number, text: string): Promise<void> {
    const { commandSocket: plain } = this.connection;
    this.#obeyed = undefined;
    this.#queue.forget();
    this.reinitialize();
    const told = new Promise((resolve) => plain.write(formatReply(replyCode, text), resolve));
    plain.removeAllListeners('data').on('data', () => {});
    await told; // what is still to be written would else get behind the handshake
    if (this.#ended || plain.destroyed) return;
    plain.removeAllListeners('data');
    this.#useTls(this.tls.begin(plain));
  }

  /** A handshake that fails ends the connection below it, and so the session; one that is not done, `--login-timeout`. */
  #useTls(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', (error) => this.account.endsBy(errorCodeOf(error)));
    this.#listen(socket);
  }

  #isNotIdle(): void {
    if (!this.#ended) this.#idleTimer.refresh(); // which would set one again that was cleared
  }

  #endIdle(): void {
    if (this.#queue.busy) this.#idleTimer.refresh();
    else this.end(421, 'Idle for too long.');
  }

  #startLoginTimer(): NodeJS.Timeout {
    return setTimeout(() => this.#requireLogin(), this.context.loginTimeoutMs);
  }

  /** Who has not logged in takes one of the sessions that there are, for nothing. */
  #requireLogin(): void {
    // Not `loggedIn`: a session that is changing its user at this moment has a file system already.
    if (this.connection.fs === undefined) this.end(421, 'No login for too long.');
  }

  #lost(): void {
    this.#ended = true;
    this.#giveBack();
    this.account.ended(this.#user?.name);
  }

  /** Whatever still runs for this session ends with it: a wait for the port, a transfer, a passive listener. */
  #giveBack(): void {
    this.#ending.abort();
    clearTimeout(this.#loginTimer);
    clearTimeout(this.#idleTimer);
    this.#login.leave();
    void this.#queue.close();
    this.#dropChannel();
    this.#dropPaces();
  }

  #dropPaces(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  #dropChannel(): void {
    this.#channel?.close();
    this.#channel = undefined;
  }

  async #run(queued: Queued): Promise<void> {
    const renames = queued !== 'overlong' && queued.verb === 'RNTO';
    if (!renames) this.#forgetRename();
    if (!this.#isAside(queued)) this.#command = queued === 'overlong' ? undefined : queued;
    try {
      if (queued === 'overlong') throw new Refusal(500, 'Command line too long.');
      await this.#dispatch(queued);
    } catch (error) {
      this.#refuse(error);
    } finally {
      if (renames) this.#forgetRename();
    }
  }

  #isAside(queued: Queued): boolean {
    return queued !== 'overlong' && this.#findVerb(queued.verb)?.inTransfer?.(queued) === true;
  }

  /** RFC 959 §4.1.3: RNFR "must be immediately followed by" RNTO; whatever comes between, or fails, ends it. */
  #forgetRename(): void {
    this.connection.renameFrom = undefined;
  }

  /** Until the command that names one is accepted there is none: a client that was refused must not be dialled. */
  #awaitChannel(): void {
    this.#dropChannel();
    this.#channelRefused = true;
  }

  #dispatch(command: Command): void | Promise<void> {
    const verb = this.#findVerb(command.verb);
    if (verb === undefined) throw notUnderstood(command);
    if (!verb.beforeLogin && !this.loggedIn) throw new Refusal(530, 'Log in with USER and PASS first.');
    if (verb.namesDataPort) this.#awaitChannel();
    if (hasControlBreak(command)) throw brokenUp();
    if (verb.needsArgument && command.argument === '') {
      throw new Refusal(501, `${command.verb} needs an argument.`);
    }
    return verb.run(this, command);
  }

  #refuse(error: unknown): void {
    if (error instanceof Refusal) {
      this.#tell(error);
      this.reply(error.replyCode, error.message);
    } else {
      this.context.log.error({ err: error, session: this.id }, 'command failed');
      this.reply(451, 'Local error in processing.');
    }
  }

  /** To whoever listens for refusals. */
  #tell(refusal: Refusal): void {
    const { verb: command, argument } = this.#command ?? { verb: '', argument: '' };
    const { namesFile = false, namesDataPort = false } = this.#findVerb(command) ?? {};
    // Of a PORT that is refused an operator hears: it is mostly a NAT.
    if (!namesFile && refusal.replyCode !== 425 && !(namesDataPort && refusal.cause !== undefined)) return;
    const files = this.loggedIn ? this.files : undefined;
    const path = namesFile ? (files?.absolute(argument) ?? argument) : undefined;
    publishRefusal(() => this.actor, { command, path }, refusal);
  }

  async #stockReply(
    options: number | { readonly code?: number },
    letters: readonly StockLetter[],
  ): Promise<void> {
    const files = this.connection.fs as SessionFileSystem | undefined;
    const { replyCode, text } = stockReply(options, letters, {
      greeting: this.context.greeting,
      lastRefusal: files?.lastRefusal,
    });
    if (isRefusal(options) && files?.lastRefusal !== undefined) this.#tell(files.lastRefusal);
    this.reply(replyCode, text);
  }
}

/** The stock handlers say 550 when the file system refuses, and for no other reason. */
function isRefusal(options: number | { readonly code?: number }): boolean {
  return (typeof options === 'number' ? options : options.code) === 550;
}

/** Resolves when `work` does, or as soon as `signal` aborts. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const give = () => resolve();
    signal.addEventListener('abort', give, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', give));
  });
}

/** RFC 959 §4.2: 502 for a command that this server has not, 500 for what is none. */
function notUnderstood(command: Command): Refusal {
  if (hasControlBreak(command)) return brokenUp();
  return /^[A-Z]{3,4}$/.test(command.verb) ? notOffered() : new Refusal(500, NOT_UNDERSTOOD);
}

const NOT_UNDERSTOOD = 'Command not understood.';

/** Of a command that is not there, or not with these settings. */
export function notOffered(): Refusal {
  return new Refusal(502, NOT_UNDERSTOOD);
}

function brokenUp(): Refusal {
  return new Refusal(501, 'No CR or NUL within a command.');
}
