// Sessions against a peer: many clients at once, each from an address of its own.
import pLimit from 'p-limit';
import { openSession } from '../../src/client/basic-ftp/session.ts';
import type { ClientSession, TransferReport, TransferRequest } from '../../src/client/types.ts';
import type { Peer } from '../../src/peers/types.ts';
import { ownAddress } from '../support/loopback.ts';

/** vsftpd lets 32 connections wait to be accepted; what comes beyond may be lost without a word (SYN cookies). */
const LOGINS_AT_ONCE = 16;

export function sessionOf({ server, login }: Peer): Promise<ClientSession> {
  return openSession({ server, ...login, localAddress: ownAddress(), timeoutMs: 60_000 });
}

/** All log in, then all run `requests` one after the other. */
export async function manySessions(
  peer: Peer,
  sessions: number,
  requests: (session: number) => readonly TransferRequest[],
): Promise<readonly TransferReport[]> {
  const atOnce = pLimit(LOGINS_AT_ONCE);
  const opened = await Promise.all(Array.from({ length: sessions }, () => atOnce(() => sessionOf(peer))));
  try {
    const reports = await Promise.all(opened.map((session, index) => inTurn(session, requests(index))));
    return reports.flat();
  } finally {
    for (const session of opened) session.close();
  }
}

async function inTurn(
  session: ClientSession,
  requests: readonly TransferRequest[],
): Promise<TransferReport[]> {
  const reports: TransferReport[] = [];
  for (const request of requests) reports.push(await session.transfer(request));
  return reports;
}
