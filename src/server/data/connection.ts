// One data connection from the transfer command to its end: opened, used, ended, and reported once whatever happens.
import type { Socket } from 'node:net';
import type { DataConnectionError } from '../../errors.ts';
import type { ServerContext } from '../context.ts';
import type { Cancellation } from './cancellation.ts';
import type { DataChannel } from './channel.ts';
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
  readonly asked: Omit<Asked, 'path' | 'direction'>;
  readonly channel: DataChannel;
  readonly prepared: Prepared;
  readonly cancellation: Cancellation;
  /** How fast its bytes may move; undefined for as fast as they can. */
  readonly paces: Paces | undefined;
  /** Called when the connection is up and before the first byte moves; `bytes` tells how many have moved since. */
  onConnected(bytes: () => number): void;
  /** Called in the end, whatever it was. */
  onEnded(bytes: number): void;
}

/** Never throws: every failure is in the ending, and in the record. */
export async function runDataConnection(transfer: DataTransfer): Promise<Ending> {
  const { channel, context, prepared } = transfer;
  const { binder, local, remote } = channel;
  const asked: Asked = { ...transfer.asked, path: prepared.path, direction: prepared.sends ? 'out' : 'in' };
  const measured = new Measurement({ clock: context.clock, binder, asked, local, remote });
  let socket: Socket | undefined;
  let ending: Ending = { kind: 'completed' };
  try {
    socket = await openSocket(transfer, measured);
    measured.enter('transfer');
    await useSocket(transfer, socket);
  } catch (error) {
    ending = endingOf(error, measured, transfer.cancellation);
  }
  await prepared.release();
  const bytes = socket === undefined ? 0 : bytesMoved(socket);
  const change = ending.kind === 'completed' ? prepared.change?.() : undefined;
  publishRecord(() => measured.record({ outcome: outcomeOf(ending, measured), bytes, change }));
  transfer.onEnded(bytes);
  if (socket !== undefined) endGently(socket);
  return ending;
}

async function openSocket(transfer: DataTransfer, measured: Measurement): Promise<Socket> {
  const socket = await transfer.channel.open(measured, transfer.cancellation);
  socket.on('error', () => {}); // whoever waits for the socket learns of it; nobody may be waiting
  transfer.context.dataSockets.add(socket);
  measured.connected(socket);
  return socket;
}

async function useSocket(transfer: DataTransfer, socket: Socket): Promise<void> {
  const { context, prepared, cancellation, paces } = transfer;
  const { signal } = cancellation;
  const pace = prepared.sends ? paces?.toClient : paces?.fromClient;
  const throttle = pace && new Throttle(pace, signal);
  const stopWatching = watchForStall(socket, {
    limitMs: context.stallTimeoutMs,
    nowMs: context.clock.nowMs,
    held: () => throttle?.waiting === true,
    onStall: () => socket.destroy(Object.assign(new Error('data connection stalled'), { code: 'ETIMEDOUT' })),
  });
  try {
    transfer.onConnected(() => bytesMoved(socket));
    await prepared.move(socket, signal, throttle);
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

/** A data connection carries bytes one way only. Of an aborted one, what the kernel had not taken is not counted. */
function bytesMoved(socket: Socket): number {
  return socket.bytesRead + Math.max(socket.bytesWritten - socket.writableLength, 0);
}
