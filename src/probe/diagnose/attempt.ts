// One transfer of a diagnosis, whatever becomes of it: what was announced, what was said, what came, and when.
import { connect } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type Endpoint, formatEndpoint } from '../../address.ts';
import { announcement } from '../../client/announcement.ts';
import { systemClock } from '../../clock.ts';
import { parseHostPort } from '../../ftp/host-port.ts';
import { Arrival, Catcher } from '../server/catcher.ts';
import type { Scope } from '../server/scope.ts';
import type { ProbeSession } from '../server/session.ts';
import type { TransferFact } from './facts.ts';

/** A server that has not dialled, refused or given up by then leaves its client alone: longer than clients wait. */
const PATIENCE_MS = 20_000;
const STEP_MS = 5000;

export type Way = 'PORT' | 'EPRT' | 'PASV' | 'EPSV';

export interface Wanted {
  readonly series: TransferFact['series'];
  readonly way: Way;
  readonly command: string;
  /** Where the client listens, where that is not a port of its own. */
  readonly catcher?: Catcher;
  /** With TLS on the data connection: with the session of the control connection, or a new one. */
  readonly tls?: 'resumed' | 'new';
}

/** What is known of it while it runs. */
type Draft = { -readonly [Key in keyof TransferFact]: TransferFact[Key] };

/** Never rejects for a transfer that failed. */
export async function attempt(session: ProbeSession, scope: Scope, wanted: Wanted): Promise<TransferFact> {
  const fact: Draft = {
    series: wanted.series,
    way: wanted.way,
    result: 'silent',
    stage: 'announce',
    afterMs: 0,
  };
  const way = wanted.way === 'PORT' || wanted.way === 'EPRT' ? active : passive;
  const connection = await way(session, scope, wanted, fact);
  if (connection === undefined) return fact;
  fact.stage = 'connect';
  // What was said to the announcement says nothing of the transfer.
  delete fact.replyCode;
  delete fact.text;
  const sentAtMs = systemClock.nowMs();
  session.send(wanted.command);
  const before = session.control.replies.length;
  const replied = () => session.control.replies.slice(before).find(({ replyCode }) => replyCode >= 200);
  const ended = () => session.control.endedAtMs !== undefined || undefined;
  await scope.until(() => connection() ?? replied() ?? ended(), PATIENCE_MS);
  const refused = replied();
  // A small transfer may be over before its connection is seen.
  const arrival =
    connection() ?? (refused && refused.replyCode < 300 ? await scope.until(connection, 500) : undefined);
  if (arrival !== undefined) await received(arrival, session, scope, wanted, fact, replied);
  const last = replied();
  fact.afterMs = Math.round((last?.atMs ?? systemClock.nowMs()) - sentAtMs);
  if (last !== undefined) say(fact, last.replyCode, last.text);
  fact.result = resultOf(fact, last?.replyCode, ended() === true);
  return fact;
}

function resultOf({ stage }: Draft, replyCode: number | undefined, ended: boolean): TransferFact['result'] {
  if (replyCode === undefined) return ended ? 'ended' : 'silent';
  return replyCode < 300 && stage === 'done' ? 'ok' : 'refused';
}

function say(fact: Draft, replyCode: number, text: string): void {
  fact.replyCode = replyCode;
  fact.text = text.replace(/\r\n/g, ' / ');
}

async function received(
  arrival: Arrival,
  session: ProbeSession,
  scope: Scope,
  { tls }: Wanted,
  fact: Draft,
  replied: () => { readonly replyCode: number; readonly atMs: number } | undefined,
): Promise<void> {
  fact.from = arrival.from;
  fact.stage = 'data';
  const { socket } = session.control;
  if (tls !== undefined && socket instanceof TLSSocket) {
    const secured = arrival.secure(tls === 'resumed' ? socket : undefined).catch(() => {});
    await Promise.race([secured, scope.until(() => replied(), STEP_MS)]);
  }
  arrival.read();
  const refused = () => ((replied()?.replyCode ?? 0) >= 400 ? true : undefined);
  const over = await scope.until(() => arrival.ended || refused(), STEP_MS);
  const dataEndedAtMs = systemClock.nowMs();
  arrival.finish();
  if (over !== undefined && arrival.broken === undefined) fact.stage = 'done';
  const last = await scope.until(replied, STEP_MS);
  fact.bytes = arrival.bytes;
  if (last !== undefined) fact.dataBehindReplyMs = Math.round(dataEndedAtMs - last.atMs);
}

type Opened = (() => Arrival | undefined) | undefined;

async function active(session: ProbeSession, scope: Scope, wanted: Wanted, fact: Draft): Promise<Opened> {
  const catcher = wanted.catcher ?? (await Catcher.listen(session.local.address, scope));
  const known = catcher.arrivals.length;
  fact.announced = catcher.local;
  const verb = wanted.way === 'PORT' ? 'PORT' : 'EPRT';
  if (!(await asked(session, announcement(verb, catcher.local), [200], fact))) return undefined;
  return () => catcher.arrivals[known];
}

async function passive(session: ProbeSession, scope: Scope, { way }: Wanted, fact: Draft): Promise<Opened> {
  if (!(await asked(session, way, [227, 229], fact))) return undefined;
  const { address } = session.control.remote;
  const told = toldIn(fact.text ?? '', address);
  if (told === undefined) return undefined;
  fact.announced = told;
  const socket = connect({ host: told.address, port: told.port, allowHalfOpen: true });
  socket.on('connect', scope.changed);
  const arrival = scope.owns(new Arrival(socket, session.local, scope.changed));
  await scope.until(() => !socket.connecting || socket.destroyed || undefined, STEP_MS);
  if (socket.connecting || socket.destroyed) {
    fact.stage = 'connect';
    fact.text = `nobody answers at ${formatEndpoint(told)}`;
    return undefined;
  }
  return () => arrival;
}

function toldIn(text: string, address: string): Endpoint | undefined {
  const port = Number(/\(\|\|\|(\d+)\|\)/.exec(text)?.[1]);
  return port ? { address, port } : parseHostPort(/\d+(?:,\d+){5}/.exec(text)?.[0] ?? '');
}

async function asked(
  session: ProbeSession,
  line: string,
  wanted: readonly number[],
  fact: Draft,
): Promise<boolean> {
  while (session.take() !== undefined); // of the transfer before
  const sentAtMs = systemClock.nowMs();
  session.send(line);
  const reply = await session.next(STEP_MS);
  fact.afterMs = Math.round((reply?.atMs ?? systemClock.nowMs()) - sentAtMs);
  if (reply === undefined) {
    fact.result = session.endedAtMs === undefined ? 'silent' : 'ended';
    return false;
  }
  say(fact, reply.replyCode, reply.text);
  if (wanted.includes(reply.replyCode)) return true;
  fact.result = 'refused';
  return false;
}
