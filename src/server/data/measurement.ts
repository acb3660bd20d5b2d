// The stopwatch of one data connection: what was reached when, and the record that is made of it.
import type { Socket } from 'node:net';
import { type Endpoint, unmapIPv4 } from '../../address.ts';
import type { BinderName } from '../../binder/types.ts';
import type { Clock } from '../../clock.ts';
import { DataConnectionError, errorCodeOf, type Phase } from '../../errors.ts';
import type { UploadChange } from '../files/change-record.ts';
import { readable } from '../readable.ts';
import type { TlsFacts } from '../tls/types.ts';
import type { DataConnectionRecord, RecordOutcome } from './record.ts';

/** What is known of a data connection before it is tried. */
export type Asked = Pick<
  DataConnectionRecord,
  'server' | 'session' | 'user' | 'peer' | 'command' | 'direction' | 'type' | 'restartBytes'
> & {
  /** A byte string. */
  readonly path: string;
};

export interface MeasuredTransfer {
  readonly clock: Clock;
  readonly binder: BinderName | 'passive';
  readonly asked: Asked;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** As of DataChannel. */
  readonly claimed?: Endpoint | undefined;
}

export interface Ended {
  readonly outcome: RecordOutcome;
  readonly bytes: number;
  readonly change: UploadChange | undefined;
}

export class Measurement {
  readonly #transfer: MeasuredTransfer;
  readonly #startedAtMs: number;
  #local: Endpoint;
  #remote: Endpoint;
  #phase: Phase = 'bind';
  #enteredAtMs: number;
  readonly #phaseMs: Record<Phase, number> = { bind: 0, connect: 0, transfer: 0 };
  #bindCalls = 0;
  #waitedMs = 0;
  #windowMs = 0;
  #tls: TlsFacts | undefined;

  constructor(transfer: MeasuredTransfer) {
    this.#transfer = transfer;
    this.#local = transfer.local;
    this.#remote = transfer.remote;
    this.#startedAtMs = transfer.clock.nowMs();
    this.#enteredAtMs = this.#startedAtMs;
  }

  get phase(): Phase {
    return this.#phase;
  }

  enter(phase: Phase): void {
    const nowMs = this.#transfer.clock.nowMs();
    this.#phaseMs[this.#phase] += nowMs - this.#enteredAtMs; // a connect that is tried again binds again
    this.#enteredAtMs = nowMs;
    this.#phase = phase;
  }

  bound({ bindCalls, waitedMs }: { readonly bindCalls: number; readonly waitedMs: number }): void {
    this.#bindCalls = bindCalls;
    this.#waitedMs = waitedMs;
  }

  /** connect(2) is issued now: the phase `connect` began when the port was bound. */
  connecting(): void {
    this.#windowMs = this.#transfer.clock.nowMs() - this.#enteredAtMs;
  }

  /** From now on the addresses are those of the connection, `ephemeral`'s port included. */
  connected(socket: Socket): void {
    const { localAddress, localPort, remoteAddress, remotePort } = socket;
    if (localAddress !== undefined && localPort !== undefined) {
      this.#local = { address: unmapIPv4(localAddress), port: localPort };
    }
    if (remoteAddress !== undefined && remotePort !== undefined) {
      this.#remote = { address: unmapIPv4(remoteAddress), port: remotePort };
    }
  }

  sealed(tls: TlsFacts): void {
    this.#tls = tls;
  }

  /** Whatever was thrown in the current phase, with everything that is known of the connection. */
  failure(error: unknown): DataConnectionError {
    if (error instanceof DataConnectionError) {
      this.bound(error);
      this.#phase = error.phase; // a binder that binds only inside connect says so
      if (error.phase === 'connect') this.#local = error.local; // what was bound, which need not be what was wanted
      return error;
    }
    const context = {
      local: this.#local,
      remote: this.#remote,
      bindCalls: this.#bindCalls,
      waitedMs: this.#waitedMs,
    };
    const failure = { phase: this.#phase, errorCode: errorCodeOf(error), ...context };
    return new DataConnectionError(failure, { cause: error });
  }

  record({ outcome, bytes, change }: Ended): DataConnectionRecord {
    this.enter(this.#phase);
    const { binder, asked, claimed } = this.#transfer;
    return {
      binder,
      pid: process.pid,
      ...asked,
      path: readable(asked.path),
      local: this.#local,
      remote: this.#remote,
      startedAtMs: this.#startedAtMs,
      endedAtMs: this.#enteredAtMs,
      bindCalls: this.#bindCalls,
      waitedMs: this.#waitedMs,
      bindMs: this.#phaseMs.bind,
      connectMs: this.#phaseMs.connect,
      transferMs: this.#phaseMs.transfer,
      windowMs: this.#windowMs,
      bytes,
      outcome,
      ...(change !== undefined && { change }),
      ...(claimed !== undefined && { claimed }),
      ...(this.#tls !== undefined && { tls: this.#tls }),
    };
  }
}
