// A look into an FTP server from outside: experiments with its data connections, and what they tell. Never the banner.
import { networkInterfaces } from 'node:os';
import { formatEndpoint } from '../../address.ts';
import type { Fingerprint } from '../types.ts';
import { observeAnchor } from './experiments/anchor.ts';
import { observeAnnouncements, observeRefusedPort } from './experiments/announcements.ts';
import { observeBoundAtPort } from './experiments/bound-at.ts';
import { PortNotFree, whyNotHeld } from './experiments/hold.ts';
import { observeHolds } from './experiments/holds.ts';
import { observeOverlap } from './experiments/overlap.ts';
import { observeSchedule } from './experiments/schedule.ts';
import { observeTransfers } from './experiments/transfers.ts';
import { type Facts, fixedSource } from './facts.ts';
import type { ProbeRun } from './probe-run.ts';
import type { ServerTarget } from './session.ts';
import { concludeTraits } from './traits.ts';

export interface FingerprintOptions {
  /** Ends the probe at once; the promise rejects with its reason, and nothing stays open. */
  readonly signal?: AbortSignal;
  /** How long one transfer that waits is watched, in milliseconds; 20 000 unless set. 4.4BSD's loop takes 55 s. */
  readonly patienceMs?: number;
  /** Told what is being tried, in words. */
  readonly onProgress?: (what: string) => void;
}

const DEFAULT_PATIENCE_MS = 20_000;

/**
 * Takes seconds, or a multiple of the patience for a server that retries. Makes a few dozen tiny transfers.
 * @throws PreflightError when the server cannot be reached, refuses the login or makes no active data connection
 */
export async function fingerprintServer(
  target: ServerTarget,
  options: FingerprintOptions = {},
): Promise<Fingerprint> {
  const { signal, patienceMs = DEFAULT_PATIENCE_MS, onProgress = () => {} } = options;
  const facts = await observe({ target, signal, patienceMs }, onProgress);
  const { server } = target;
  return { formatVersion: 1, server, traits: concludeTraits(facts), notes: notesOf(facts) };
}

async function observe(run: ProbeRun, onProgress: (what: string) => void): Promise<Facts> {
  const { server, dataPort = server.port - 1 } = run.target;
  onProgress(`transfers from ${formatEndpoint(server)}`);
  const transfers = await observeTransfers(run);
  onProgress('a data connection that is refused, other addresses, other ports');
  const refusedPort = await observeRefusedPort(run);
  const anchor = await observeAnchor(run);
  const announcements = await observeAnnouncements(run);
  const held = await observeHeldPort(run, { transfers, anchor }, onProgress);
  onProgress('two transfers at once, and one behind the other');
  const { overlap, others: first } = await observeOverlap(run, isOwnAddress(transfers[0]?.from.address));
  const others = [...(anchor === undefined ? [] : [anchor.port]), ...first];
  return { server, dataPort, transfers, others, refusedPort, anchor, announcements, ...held, overlap };
}

type HeldFacts = Pick<Facts, 'boundAtPort' | 'holds' | 'notHeld' | 'schedule'>;

async function observeHeldPort(
  run: ProbeRun,
  { transfers, anchor }: Pick<Facts, 'transfers' | 'anchor'>,
  onProgress: (what: string) => void,
): Promise<HeldFacts> {
  const source = fixedSource({ transfers, others: anchor === undefined ? [] : [anchor.port] });
  const nothing = { boundAtPort: undefined, holds: undefined, schedule: undefined };
  if (source === undefined) return { ...nothing, notHeld: 'there is no fixed port to hold' };
  const notHeld = whyNotHeld(source);
  if (notHeld !== undefined) return { ...nothing, notHeld };
  onProgress(`transfers while ${formatEndpoint(source)} is taken`);
  try {
    const boundAtPort = await observeBoundAtPort(run, source);
    const holds = await observeHolds(run, source, transfers);
    onProgress('how long it waits for its port');
    const schedule = await observeSchedule(run, source, holds);
    return { boundAtPort, holds, notHeld: undefined, schedule };
  } catch (error) {
    if (error instanceof PortNotFree) return { ...nothing, notHeld: error.message };
    throw error;
  }
}

/** Whether the other end's sockets are in this machine's table. */
function isOwnAddress(address = ''): boolean {
  if (address.startsWith('127.') || address === '::1') return true;
  return Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address));
}

function notesOf(facts: Facts): string[] {
  const { notHeld, holds } = facts;
  const notes: string[] = [];
  if (holds === undefined && fixedSource(facts) !== undefined && notHeld !== undefined) {
    notes.push(`What the server does when its port is taken was not tried: ${notHeld}.`);
  }
  return notes;
}
