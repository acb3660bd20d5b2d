// The kernel probe: the truth table, then every claim put to the test, each in a lab of its own.
import { setImmediate as nextTurn } from 'node:timers/promises';
import { libc } from '../../net/libc.ts';
import type { Claim, Observation } from '../claim.ts';
import { CLAIMS } from '../claims/index.ts';
import { describeHost } from '../host.ts';
import type { ClaimResult, KernelReport, TruthTableCell } from '../types.ts';
import { Lab } from './lab.ts';
import { NotRun } from './not-run.ts';
import { digestOf, measureSection, TABLE_SECTIONS } from './truth-table.ts';

export interface KernelProbeOptions {
  /** Ends the probe between two calls; the promise rejects with the signal's reason when all is closed again. */
  readonly signal?: AbortSignal;
  /** What is being tried now. */
  readonly onProgress?: (what: string) => void;
  /** The claims to test; all unless set. */
  readonly claims?: readonly Claim[];
}

/**
 * Asks this kernel, in some two seconds and without privileges. Nothing is left behind but sockets in TIME_WAIT.
 * @throws FfiUnavailableError where sockets cannot be driven at all; the signal's reason
 */
export async function probeKernel(options: KernelProbeOptions = {}): Promise<KernelReport> {
  libc();
  const truthTable = await measureTable(options);
  const claims: ClaimResult[] = [];
  for (const claim of options.claims ?? CLAIMS) {
    options.onProgress?.(claim.id);
    claims.push(await testClaim(claim, truthTable, options.signal));
  }
  return { formatVersion: 1, host: describeHost(), truthTable, digest: digestOf(truthTable), claims };
}

async function measureTable({ signal, onProgress }: KernelProbeOptions): Promise<TruthTableCell[]> {
  const cells: TruthTableCell[] = [];
  for (const section of TABLE_SECTIONS) {
    await nextTurn(); // the calls are synchronous: a Ctrl-C is heard here
    signal?.throwIfAborted();
    onProgress?.(`truth table, ${section.family}, ${section.state}`);
    cells.push(...measureSection(section));
  }
  return cells;
}

/** The lab is closed whatever happens, and at once when `signal` aborts: its processes die and the claim ends. */
async function testClaim(
  claim: Claim,
  truthTable: readonly TruthTableCell[],
  signal: AbortSignal | undefined,
): Promise<ClaimResult> {
  await nextTurn();
  signal?.throwIfAborted();
  const lab = new Lab(truthTable);
  const onAbort = () => void lab.close();
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    const { id, claim: sentence, experiment } = claim;
    return { id, claim: sentence, experiment, ...(await observation(claim, lab)) };
  } finally {
    signal?.removeEventListener('abort', onAbort);
    await lab.close();
    signal?.throwIfAborted();
  }
}

/** A claim that cannot be tested does not end the probe: it says so. */
async function observation(claim: Claim, lab: Lab): Promise<Observation> {
  try {
    return await claim.run(lab);
  } catch (error) {
    const { message } = error as Error;
    const observed = error instanceof NotRun ? message : `the experiment broke off: ${message}`;
    return { observed, verdict: 'not-run' };
  }
}
