// One data connection from the transfer command to its end: opened, used, ended, and reported once whatever happens.
import type { Socket } from 'node:net';
import type { DataConnectionError } from '../../errors.ts';
import type { ServerContext } from '../context.ts';
import { type Seal, SealedSocket } from '../tls/sealed-socket.ts';
import type { Cancellation } from './cancellation.ts';
import type { DataChannel } from './channel.ts';
import { DataSocket } from './data-socket.ts';
import { type Asked, Measurement } from './measurement.ts';
import { finOfClient } from './moves.ts';
import { endGently } from './open-sockets.ts';
import { type Paces, Throttle } from './pace.ts';
import type { Prepared } from './prepared.ts';
import { publishRecord, type RecordOutcome } from './record.ts';
import { watchForStall } from './stall.ts';

export type Ending =
  | { readonly kind: 'completed' }
  | { readonly kind: 'aborted' }
  | { readonly kind: 'failed'; readonly error: DataConnectionError };

export interface DataTransfer {
  readonly context: ServerContext;
  readonly asked: Asked;
  readonly channel: DataChannel;
  readonly prepared: Prepared;
  readonly cancellation: Cancellation;
  /** How fast its bytes may move; undefined for as fast as they can. */
  readonly paces: Paces | undefined;
  /** Undefined for a connection in the clear. */
  readonly seal: Seal | undefined;
  /** Called when the connection is up and before the first byte moves; `bytes` tells how many have moved since. */
  onConnected(bytes: () => number): void;
  /** Called in the end, whatever it was. */
  onEnded(bytes: number): void;
}

/** Never throws: every failure is in the ending, and in the record. */
export async function runDataConnection(transfer: DataTransfer): Promise<Ending> {
  const { asked, channel, context, prepared } = transfer;
  const { binder, local, remote, claimed } = channel;
  const measured = new Measurement({ clock: context.clock, binder, asked, local, remote, claimed });
  let data: DataSocket | undefined;
  let ending: Ending = { kind: 'completed' };
  try {
    const socket = await openSocket(transfer, measured);
    measured.enter('transfer');
    // Before the handshake: clients begin it when they have read the 150.
    transfer.onConnected(() => data?.movedBytes ?? 0);
    data =
      transfer.seal === undefined
        ? new DataSocket(socket)
        : await sealed(socket, transfer.seal, transfer, measured);
    await useSocket(transfer, data);
  } catch (error) {
    ending = endingOf(error, measured, transfer.cancellation);
  }
  await prepared.release();
  const bytes = data?.movedBytes ?? 0;
  const change = ending.kind === 'completed' ? prepared.change?.() : undefined;
  publishRecord(() => measured.record({ outcome: outcomeOf(ending, measured), bytes, change }));
  transfer.onEnded(bytes);
  if (data !== undefined) endGently(data.socket);
  return ending;
}

async function openSocket(transfer: DataTransfer, measured: Measurement): Promise<Socket> {
  const socket = await transfer.channel.open(measured, transfer.cancellation);
  socket.on('error', () => {}); // whoever waits for the socket learns of it; nobody may be waiting
  transfer.context.dataSockets.add(socket);
  measured.connected(socket);
  return socket;
}

/** @throws SealError, ABORTED */
async function sealed(
  socket: Socket,
  seal: Seal,
  { prepared, cancellation }: DataTransfer,
  measured: Measurement,
): Promise<SealedSocket> {
  const data = await SealedSocket.over(socket, seal, prepared.sends, cancellation.signal);
  measured.sealed(data.facts);
  return data;
}

async function useSocket(transfer: DataTransfer, data: DataSocket): Promise<void> {
  const { context, prepared, cancellation, paces } = transfer;
  const { signal } = cancellation;
  const { socket } = data;
  const pace = prepared.sends ? paces?.toClient : paces?.fromClient;
  const throttle = pace && new Throttle(pace, signal);
  const stopWatching = watchForStall({
    bytesTaken: () => data.takenBytes,
    limitMs: context.stallTimeoutMs,
    nowMs: context.clock.nowMs,
    held: () => throttle?.waiting === true,
    onStall: () => socket.destroy(Object.assign(new Error('data connection stalled'), { code: 'ETIMEDOUT' })),
  });
  try {
    if (data instanceof SealedSocket) data.requireResumed();
    await prepared.move(data, signal, throttle);
    if (prepared.sends && context.lingerMs > 0) await finOfClient(socket, context.lingerMs, signal);
  } finally {
    stopWatching();
  }
}

function endingOf(error: unknown, measured: Measurement, cancellation: Cancellation): Ending {
  const failure = measured.failure(error);
  // In the first phases the code says who ended it: a connect that took too long is cancelled by us as well.
  const aborted = failure.phase === 'transfer' ? cancellation.signal.aborted : failure.code === 'ABORTED';
  return aborted ? { kind: 'aborted' } : { kind: 'failed', error: failure };
}

function outcomeOf(ending: Ending, measured: Measurement): RecordOutcome {
  switch (ending.kind) {
    case 'completed':
      return ending;
    case 'aborted':
      return { kind: 'aborted', phase: measured.phase };
    case 'failed':
      return { kind: 'failed', phase: ending.error.phase, code: ending.error.code };
    default:
      return ending satisfies never;
  }
}
