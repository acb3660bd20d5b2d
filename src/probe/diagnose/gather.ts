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
/** Addresses of this host besides the one that the route takes. */
const OTHERS = 2;

export interface Gathering {
  readonly target: ServerTarget;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: (what: string) => void;
}

/** @throws PreflightError where the server cannot be reached, or refuses the login */
export async function gather(gathering: Gathering): Promise<DiagnosisFacts> {
  const { target, signal, onProgress } = gathering;
  const made = new Transfers(target, signal);
  onProgress('passive transfers');
  const told = await made.within(introduced);
  for (const way of ['EPSV', 'PASV'] as const) await made.alone({ series: 'passive', way });
  onProgress('active transfers, one after another');
  await oneAfterAnother(made);
  await made.alone({ series: 'eprt', way: 'EPRT' });
  onProgress('an active transfer from another address');
  await fromOtherAddresses(made, told.local.address);
  if (made.facts.some(({ series, result }) => series === 'serial' && result === 'ok')) {
    onProgress('active transfers to one port, and at once');
    await toOnePort(made);
    await atOnce(made);
  }
  if (told.offersTls) {
    onProgress('transfers with TLS');
    await overTls(made, { series: 'tls-passive', way: 'EPSV', tls: 'resumed' });
    await overTls(made, { series: 'tls', way: 'PORT', tls: 'resumed' });
    await overTls(made, { series: 'tls-new-session', way: 'PORT', tls: 'new' });
  }
  return { server: target.server, ...told, transfers: made.facts };
}

type Asked = Omit<Wanted, 'command'>;

/** Makes them, each in a session that is open for as long as it takes, and keeps what became of each. */
class Transfers {
  readonly target: ServerTarget;
  readonly signal: AbortSignal | undefined;
  readonly facts: TransferFact[] = [];
  readonly #command: string;

  constructor(target: ServerTarget, signal: AbortSignal | undefined) {
    this.target = target;
    this.signal = signal;
    this.#command = target.path === undefined ? 'LIST' : `RETR ${target.path}`;
  }

  async in(session: ProbeSession, scope: Scope, asked: Asked): Promise<TransferFact> {
    const fact = await attempt(session, scope, { ...asked, command: this.#command });
    this.facts.push(fact);
    return fact;
  }

  within<T>(work: (session: ProbeSession, scope: Scope) => Promise<T>, localAddress?: string): Promise<T> {
    return inScope(this.signal, async (scope) =>
      work(await ProbeSession.open(this.target, scope, localAddress), scope),
    );
  }

  /** A session that a transfer has hung does not take the next one with it. */
  alone(asked: Asked, localAddress?: string): Promise<TransferFact> {
    return this.within((session, scope) => this.in(session, scope, asked), localAddress);
  }
}

async function oneAfterAnother(made: Transfers): Promise<void> {
  let unanswered = 0;
  // Each that nobody answers takes twenty seconds: two of the kind are enough.
  for (let i = 0; i < SERIAL && unanswered < 2; i++) {
    const { result, afterMs } = await made.alone({ series: 'serial', way: 'PORT' });
    if (result === 'silent' && afterMs > STEP_MS) unanswered += 1;
  }
}

function toOnePort(made: Transfers): Promise<void> {
  return made.within(async (session, scope) => {
    const catcher = await Catcher.listen(session.local.address, scope);
    for (let i = 0; i < 2; i++) await made.in(session, scope, { series: 'same-port', way: 'PORT', catcher });
  });
}

function atOnce(made: Transfers): Promise<void> {
  return inScope(made.signal, async (scope) => {
    const sessions: ProbeSession[] = [];
    while (sessions.length < PARALLEL) sessions.push(await ProbeSession.open(made.target, scope));
    await Promise.all(
      sessions.map((session) => made.in(session, scope, { series: 'parallel', way: 'PORT' })),
    );
  });
}

async function fromOtherAddresses(made: Transfers, own: string): Promise<void> {
  for (const address of otherAddresses(own)) {
    await made.alone({ series: 'other-address', way: 'PORT' }, address).catch((error) => {
      if (!(error instanceof PreflightError)) throw error; // no way to the server from there
    });
  }
}

/** Of the same network card; all of 127/8 is this host. */
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
async function introduced(
  session: ProbeSession,
): Promise<Pick<DiagnosisFacts, 'local' | 'seenAs' | 'offersTls'>> {
  const status = await session.command('STAT');
  const seenAs = (status?.text ?? '').match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
  const features = await session.command('FEAT');
  const offersTls = /^\s*AUTH\b.*TLS/im.test(features?.text ?? '');
  return { local: session.local, seenAs: [...new Set(seenAs)], offersTls };
}

async function overTls(made: Transfers, asked: Asked): Promise<void> {
  const { user, password } = made.target;
  await inScope(made.signal, async (scope) => {
    const session = await ProbeSession.connect(made.target, scope);
    await session.next(STEP_MS);
    if ((await session.command('AUTH TLS'))?.replyCode !== 234) return;
    // A handshake that fails is no cause of what happens in the clear.
    const { signal } = scope;
    const secured = await session.control.secure({ signal }).catch(() => undefined);
    signal?.throwIfAborted();
    if (secured === undefined) return;
    const reply = await session.command(`USER ${user}`);
    if (reply?.replyCode === 331) await session.command(`PASS ${password}`);
    for (const line of ['PBSZ 0', 'PROT P', 'TYPE I']) await session.command(line);
    // TLS 1.3 tells its session in a message of its own, behind the handshake.
    await systemClock.sleep(50, made.signal);
    await made.in(session, scope, asked);
  });
}
