// What is checked before anything starts, so that a run does not fail half-way for a reason known from the beginning.
import { chmod } from 'node:fs/promises';
import type { Endpoint } from '../address.ts';
import { STRATEGIES } from '../binder/strategies/index.ts';
import type { BinderName } from '../binder/types.ts';
import { createRoutedNetwork } from '../engine/routed-network.ts';
import { PreflightError } from '../errors.ts';
import { readDescriptorLimit } from '../net/proc.ts';
import { cachePath } from '../peers/cache.ts';
import { startPeer } from '../peers/peers.ts';
import type { Plan } from '../plan/types.ts';
import { asOneLine } from '../probe/doctor/check.ts';
import { checkDescriptors } from '../probe/doctor/checks/limits.ts';
import { checkFfi } from '../probe/doctor/checks/platform.ts';
import { checkDataPortListener } from '../probe/doctor/checks/port-users.ts';
import { checkControlPortPrivilege, checkDataPortPrivilege } from '../probe/doctor/checks/ports.ts';
import { ffiProblem, gatherFacts } from '../probe/doctor/gather.ts';
import type { DoctorCheck } from '../probe/types.ts';
import { createAddressPool } from '../run/address-pool.ts';
import { removeLeftOvers, temporaryFolder } from '../temporary-folder.ts';

/** @throws PreflightError when this platform cannot bind as `binder` does, or not with a hold before connect */
export function requireBinder(binder: BinderName, bindToConnectMs: number): void {
  const ffi = checkFfi({ ffiProblem: ffiProblem() });
  if (ffi.status !== 'failure') return;
  if (!STRATEGIES[binder].worksWithoutFfi) {
    throw new PreflightError(`binder '${binder}' cannot work here: ${asOneLine(ffi)}`);
  }
  if (bindToConnectMs > 0) {
    throw new PreflightError(
      `--bind-to-connect cannot work here, where bind and connect are one call: ${ffi.observed}`,
    );
  }
}

/** @throws PreflightError when a process of the run would need more descriptors than it may open */
export function requireDescriptors(plan: Plan): void {
  const descriptorLimit = readDescriptorLimit();
  for (const { name, sessions } of plan.scenarios) {
    const fewestProcesses = Math.min(plan.generators, plan.workers);
    const sessionsPerProcess = Math.ceil(sessions / fewestProcesses);
    requireOk(`scenario '${name}': `, checkDescriptors({ descriptorLimit, sessions, sessionsPerProcess }));
  }
}

/** What runs left that were killed: folders of theirs, and packages that they were about to fetch. */
export function removeRemains(): void {
  removeLeftOvers();
  removeLeftOvers(cachePath());
}

/** Each peer is started once: packages are fetched, and what is missing is named, before any load. @throws PreflightError */
export async function requirePeers({ peers }: Plan, onFetch: (packageName: string) => void): Promise<void> {
  if (peers.length === 0) return;
  const pool = createAddressPool();
  const { path: root, remove } = await temporaryFolder('port20-run-', "a peer's files");
  try {
    await chmod(root, 0o755); // the daemons enter it as another user
    for (const name of new Set(peers)) {
      const peer = await startPeer(name, { server: pool.server(), root, onFetch });
      await peer.stop();
    }
  } finally {
    await remove();
  }
}

/** Made once, and let go. @throws PreflightError where a scenario wants a network that cannot be had */
export async function requireNetworks({ scenarios }: Plan): Promise<void> {
  const wanted = new Set(scenarios.map(({ network }) => network));
  wanted.delete('none');
  if (wanted.size === 0) return;
  const network = createRoutedNetwork();
  try {
    for (const one of wanted) if (one !== 'none') network.become(one);
  } finally {
    await network.close();
  }
}

export interface WantedPorts {
  readonly binder: BinderName;
  readonly listen: readonly Endpoint[];
  /** One below each control port unless set. */
  readonly dataPort?: number;
}

/**
 * What can be known of the ports before they are bound; the server finds out the rest by trying. Port 0 is any port,
 * of which nothing is known.
 * @throws PreflightError
 */
export function requirePorts({ listen, ...wanted }: WantedPorts): void {
  for (const one of listen) requirePortsAt(one, wanted);
}

function requirePortsAt(
  listen: Endpoint,
  { binder, dataPort = listen.port - 1 }: Omit<WantedPorts, 'listen'>,
): void {
  if (listen.port === 0) return;
  const sessions = { sessions: null, sessionsPerProcess: null };
  const facts = gatherFacts({ host: listen.address, controlPort: listen.port, dataPort, ...sessions });
  requireOk('', checkControlPortPrivilege(facts));
  if (!STRATEGIES[binder].keepsPort) return;
  requireOk('the ', checkDataPortPrivilege(facts));
  requireOk('the ', checkDataPortListener(facts));
}

function requireOk(prefix: string, check: DoctorCheck): void {
  if (check.status === 'failure') throw new PreflightError(`${prefix}${asOneLine(check)}`);
}
