// A lean user-PI: active mode and nothing else, for loads in which a general client's own cost would be measured.
import type { Endpoint } from '../../address.ts';
import { errorCodeOf } from '../../errors.ts';
import { Announcer, announcementVerb } from '../announcement.ts';
import { expectedPort } from '../data-peer.ts';
import { portToTake } from '../data-port.ts';
import type { Digest } from '../digest.ts';
import { LoginError } from '../login.ts';
import type { Observation } from '../observation.ts';
import { type FilledActiveModeOptions, fillOptions } from '../options.ts';
import type { TransferFailure } from '../transfer-failure.ts';
import type { SessionOptions, TransferRequest } from '../types.ts';
import type { UserPi } from '../user-pi.ts';
import { ControlSocket } from './control-socket.ts';
import { ReusedListener } from './data-listener.ts';
import { Deadline } from './deadline.ts';
import type { Exchange } from './exchange.ts';
import { Login } from './login.ts';
import type { Tools } from './tools.ts';
import { Transfer } from './transfer.ts';

export class LeanFtp implements UserPi {
  readonly #options: SessionOptions;
  readonly #settings: FilledActiveModeOptions;
  readonly #observation: Observation;
  readonly #step: Deadline;
  readonly #accept: Deadline;
  readonly #listener: ReusedListener;
  #control: ControlSocket | undefined;
  /** Made by the login. */
  #tools: Tools | undefined;
  #local: Endpoint = { address: '', port: 0 };
  #lastPort: number | undefined;
  #exchange: Exchange | undefined;
  /** The exchange, when it is a transfer. */
  #transfer: Transfer | undefined;
  #over = false;

  /** @throws UsageError for an option out of range */
  constructor(options: SessionOptions, observation: Observation) {
    this.#options = options;
    this.#settings = fillOptions(options.activeMode ?? {});
    this.#observation = observation;
    this.#step = new Deadline(options.timeoutMs, () => this.#onImpatience());
    this.#accept = new Deadline(this.#settings.acceptTimeoutMs, () => this.#transfer?.onAcceptTimeout());
    this.#listener = new ReusedListener({
      onListening: (local) => this.#onListening(local),
      onConnection: (socket) => this.#transfer?.onConnection(socket),
      onError: (error) => this.#transfer?.onListenError(error),
    });
  }

  get local(): Endpoint {
    return this.#local;
  }

  get usable(): boolean {
    return this.#tools !== undefined && !this.#over;
  }

  async logIn(): Promise<void> {
    const control = this.#connect();
    this.#control = control;
    const login = new Login(this.#options, (line) => {
      control.send(line);
      this.#step.start();
    });
    this.#exchange = login;
    this.#step.start();
    await login.done;
    this.#exchange = undefined;
    this.#step.stop();
    this.#tools = this.#toolsFor(control);
  }

  run(request: TransferRequest, digest: Digest): Promise<TransferFailure | undefined> {
    return new Promise((resolve) => {
      const { port, command, address = this.#local.address } = this.#settings;
      announcementVerb(command, address);
      if (this.#tools === undefined) throw new Error('transfer before login');
      this.#transfer = new Transfer(this.#tools, request, digest, (failure, lost) => {
        this.#exchange = this.#transfer = undefined;
        if (lost) this.close();
        resolve(failure);
      });
      this.#exchange = this.#transfer;
      const known = { control: this.#local.port, last: this.#lastPort };
      this.#listener.open({ address, port: portToTake(port, known) });
    });
  }

  close(): void {
    this.#abandon({ kind: 'cancelled' });
  }

  #connect(): ControlSocket {
    try {
      return new ControlSocket(this.#options, {
        onReply: (reply) => this.#exchange?.onReply(reply),
        onLost: (code) => this.#abandon({ kind: 'socket-error', phase: 'control', code }),
      });
    } catch (cause) {
      // An address or a port that is none.
      const failure = { kind: 'socket-error', phase: 'control', code: errorCodeOf(cause) } as const;
      throw new LoginError(this.#options, (cause as Error).message, failure, { cause });
    }
  }

  #toolsFor(control: ControlSocket): Tools {
    const { local, remote } = control.ends();
    this.#local = local;
    return {
      settings: this.#settings,
      announcer: new Announcer(this.#settings.command),
      observation: this.#observation,
      server: remote.address,
      sourcePort: expectedPort(this.#settings, remote.port),
      step: this.#step,
      accept: this.#accept,
      send: (line) => control.send(line),
      stopListening: () => this.#listener.close(),
    };
  }

  #onListening(local: Endpoint): void {
    this.#lastPort = local.port;
    this.#transfer?.onListening(local);
  }

  #onImpatience(): void {
    const phase = this.#exchange?.waitingFor;
    if (phase !== undefined) this.#abandon({ kind: 'timed-out', phase });
  }

  /** Closes everything; what runs ends with `failure`. */
  #abandon(failure: TransferFailure): void {
    if (this.#over) return;
    this.#over = true;
    this.#step.close();
    this.#accept.close();
    this.#listener.close();
    this.#control?.close();
    this.#exchange?.onEnd(failure);
  }
}
