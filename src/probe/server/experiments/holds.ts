// A transfer while the probe holds the server's data port, once with each set of options.
import type { Endpoint } from '../../../address.ts';
import { OPTION_SETS, type OptionSet } from '../../types.ts';
import type { HoldFacts, Obstructed, TransferFact } from '../facts.ts';
import { type ProbeRun, prepareTry, scoped, tryAgainst } from '../probe-run.ts';
import { holdInScope, whoJoins } from './hold.ts';
import { holdByRemains } from './remains.ts';

/** @throws PortNotFree */
export async function observeHolds(
  run: ProbeRun,
  source: Endpoint,
  transfers: readonly TransferFact[],
): Promise<HoldFacts> {
  const joins = whoJoins(source.address);
  const sameUser = transfers.every(({ uid }) => uid !== undefined && uid === process.geteuid?.());
  const tries: Partial<Record<OptionSet, Obstructed>> = {};
  for (const options of OPTION_SETS) tries[options] = await tryHeld(run, source, options, sameUser);
  return { tries, joins };
}

function tryHeld(
  run: ProbeRun,
  source: Endpoint,
  options: OptionSet,
  sameUser: boolean,
): Promise<Obstructed> {
  return scoped(run, async (scope) => {
    const prepared = await prepareTry(run, scope);
    const byRemains = !sameUser && (options === 'port' || options === 'both');
    // Before PORT: some servers bind already then.
    const holder = await (byRemains ? holdByRemains : holdInScope)(scope, source, options);
    return tryAgainst(run, scope, prepared, () => holder.close());
  });
}
