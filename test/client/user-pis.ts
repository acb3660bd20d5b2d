// The two user-PIs that a session can have, what their contract tests share, and scripts of a server that works.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openSession } from '../../src/client/basic-ftp/session.ts';
import { openLeanSession } from '../../src/client/lean/session.ts';
import type { ClientSession, SessionOptions, TransferReport } from '../../src/client/types.ts';
import { ownAddress } from '../support/loopback.ts';
import { onClose, responder } from './harness.ts';
import type { Responder, Script, Scripts } from './responder.ts';

export type OpenSession = (options: SessionOptions) => Promise<ClientSession>;

/** Whatever is asserted of one is asserted of the other. */
export const USER_PIS: readonly (readonly [string, OpenSession])[] = [
  ['basic-ftp', openSession],
  ['lean', openLeanSession],
];

/** Long enough for all that must happen before it on a busy machine. */
export const TIMEOUT_MS = 1000;
export const CONTENT = randomBytes(2 ** 20);

export function sha1(content: Buffer | string): string {
  return createHash('sha1').update(content).digest('hex');
}

export function optionsFor({ endpoint }: Responder, more: Partial<SessionOptions> = {}): SessionOptions {
  const localAddress = endpoint.address === '::1' ? '::1' : ownAddress();
  return { server: endpoint, localAddress, user: 'anonymous', password: 'x', timeoutMs: 30_000, ...more };
}

/** Closed after the test, if not before. */
export async function sessionOf(
  open: OpenSession,
  started: Responder,
  more: Partial<SessionOptions> = {},
): Promise<ClientSession> {
  const session = await open(optionsFor(started, more));
  onClose(() => session.close());
  return session;
}

export async function sessionFor(
  open: OpenSession,
  scripts: Scripts,
  more: Partial<SessionOptions> = {},
): Promise<ClientSession> {
  return sessionOf(open, await responder(scripts), more);
}

/** One download from a server with this script, and whether the session could go on after it. */
export async function reportOf(
  open: OpenSession,
  script: Script,
  more: Partial<SessionOptions> = {},
): Promise<TransferReport & { readonly usable: boolean }> {
  const session = await sessionFor(open, { RETR: script }, more);
  const report = await session.transfer({ direction: 'retr', path: 'file' });
  return { ...report, usable: session.usable };
}

export function sending(content: Buffer | string): Script {
  return async (turn) => {
    const data = await turn.connect();
    turn.reply('150 here it comes');
    data.end(content, () => turn.reply('226 done'));
  };
}

/** Keeps what came in `stored`. */
export function storing(stored: Buffer[]): Script {
  return async (turn) => {
    const data = await turn.connect();
    turn.reply('150 send it');
    stored.push(await buffer(data));
    turn.reply('226 stored');
  };
}

/** Resolves when the other end, a socket of this host, has read all that was written to `socket`. */
export async function readByPeer(socket: Socket): Promise<void> {
  const here = portInTable(socket.localPort);
  const there = portInTable(socket.remotePort);
  const queues = new RegExp(`(?:${here} \\w+${there}|${there} \\w+${here}) 01 (\\w{8}:\\w{8})`, 'g');
  for (;;) {
    await nextTurn();
    const found = [...readFileSync('/proc/net/tcp', 'latin1').matchAll(queues)].map(([, queued]) => queued);
    if (found.length > 0 && found.every((queued) => queued === '00000000:00000000')) return;
  }
}

/** A port as /proc/net/tcp prints it after an address. */
function portInTable(port = 0): string {
  return `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
}
