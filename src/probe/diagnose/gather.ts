// The transfers of a diagnosis: thirty at the most, none of them large.
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { systemClock } from '../../clock.ts';
import { PreflightError } from '../../errors.ts';
import { Catcher } from '../server/catcher.ts';
import { inScope, type Scope } from '../server/scope.ts';
import { ProbeSession, type ServerTarget, STEP_MS } from '../server/session.ts';
import { attempt, type Wanted } from './attempt.ts';
import type { DiagnosisFacts, TransferFact } from './facts.ts';

const SERIAL = 4;
const PARALLEL = 6;

export interface Gathering {
  readonly target: ServerTarget;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (what: string) => void;
}

/** @throws PreflightError where the server cannot be reached, or refuses the login */
export async function gather({ target, signal, onProgress }: Gathering): Promise<DiagnosisFacts> {
  const transfers: TransferFact[] = [];
  const command = target.path === undefined ? 'LIST' : `RETR ${target.path}`;
  const make = async (session: ProbeSession, scope: Scope, wanted: Omit<Wanted, 'command'>) => {
    const fact = await attempt(session, scope, { ...wanted, command });
    transfers.push(fact);
    return fact;
  };
  const within = <T>(work: (scope: Scope, session: ProbeSession) => Promise<T>) =>
    inScope(signal, async (scope) => work(scope, await ProbeSession.open(target, scope)));

  onProgress('passive transfers');
  const { local, seenAs, offersTls } = await within(async (scope, session) => {
    const told = { local: session.local, ...(await introduced(session)) };
    await make(session, scope, { series: 'passive', way: 'EPSV' });
    return told;
  });
  await within((scope, session) => make(session, scope, { series: 'passive', way: 'PASV' }));

  onProgress('active transfers, one after another');
  // One session each: a server that a transfer has hung does not take the next one with it.
  for (let i = 0; i < SERIAL; i++) {
    const fact = await within((scope, session) => make(session, scope, { series: 'serial', way: 'PORT' }));
    // Twenty seconds each: two of a kind are enough.
    if (i === 1 && transfers.slice(-2).every(({ result }) => result === 'silent') && fact.afterMs > STEP_MS)
      break;
  }
  await within((scope, session) => make(session, scope, { series: 'eprt', way: 'EPRT' }));

  for (const address of otherAddresses(local.address)) {
    onProgress(`an active transfer from ${address}`);
    await inScope(signal, async (scope) => {
      const session = await ProbeSession.open(target, scope, address);
      await make(session, scope, { series: 'other-address', way: 'PORT' });
    }).catch((error) => {
      if (!(error instanceof PreflightError)) throw error; // no way to the server from there
    });
  }

  const works = transfers.some(({ series, result }) => series === 'serial' && result === 'ok');
  if (works) {
    onProgress('active transfers to one port of the client');
    await within(async (scope, session) => {
      const catcher = await Catcher.listen(session.local.address, scope);
      for (let i = 0; i < 2; i++) await make(session, scope, { series: 'same-port', way: 'PORT', catcher });
    });
    onProgress('active transfers at once');
    await inScope(signal, async (scope) => {
      const sessions: ProbeSession[] = [];
      for (let i = 0; i < PARALLEL; i++) sessions.push(await ProbeSession.open(target, scope));
      await Promise.all(sessions.map((session) => make(session, scope, { series: 'parallel', way: 'PORT' })));
    });
  }
  if (offersTls) {
    onProgress('transfers with TLS');
    await overTls(target, signal, { series: 'tls-passive', way: 'EPSV', tls: 'resumed' }, make);
    await overTls(target, signal, { series: 'tls', way: 'PORT', tls: 'resumed' }, make);
    await overTls(target, signal, { series: 'tls-new-session', way: 'PORT', tls: 'new' }, make);
  }
  return { server: target.server, local, seenAs, offersTls, transfers };
}

const OTHERS = 2;

/** More of this host's own, of the same network card or network of cards; all of 127/8 is. */
function otherAddresses(own: string): string[] {
  if (own.startsWith('127.')) return [own === '127.0.0.2' ? '127.0.0.3' : '127.0.0.2'];
  const all = Object.values(networkInterfaces()).map((one) => one ?? []);
  const card = all.find((addresses) => addresses.some(({ address }) => address === own)) ?? [];
  return card
    .filter(({ address, family }) => address !== own && family === (isIPv4(own) ? 'IPv4' : 'IPv6'))
    .map(({ address }) => address)
    .filter((address) => !address.startsWith('fe80:'))
    .slice(0, OTHERS);
}

/** Addresses in STAT, which is where servers say whom they serve; and whether TLS is offered. */
async function introduced(session: ProbeSession): Promise<Pick<DiagnosisFacts, 'seenAs' | 'offersTls'>> {
  const status = await session.command('STAT');
  const seenAs = (status?.text ?? '').match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
  const features = await session.command('FEAT');
  return { seenAs: [...new Set(seenAs)], offersTls: /^\s*AUTH\b.*TLS/im.test(features?.text ?? '') };
}

async function overTls(
  target: ServerTarget,
  signal: AbortSignal | undefined,
  wanted: Omit<Wanted, 'command'>,
  make: (session: ProbeSession, scope: Scope, wanted: Omit<Wanted, 'command'>) => Promise<TransferFact>,
): Promise<void> {
  await inScope(signal, async (scope) => {
    const session = await ProbeSession.connect(target, scope);
    await session.next(STEP_MS);
    if ((await session.command('AUTH TLS'))?.replyCode !== 234) return;
    await session.control.secure();
    const user = await session.command(`USER ${target.user}`);
    if (user?.replyCode === 331) await session.command(`PASS ${target.password}`);
    for (const line of ['PBSZ 0', 'PROT P', 'TYPE I']) await session.command(line);
    // TLS 1.3 tells its session in a message of its own, behind the handshake.
    await systemClock.sleep(50, signal);
    await make(session, scope, wanted);
  }).catch(() => {}); // no TLS after all: the sheet tells what was made
}
