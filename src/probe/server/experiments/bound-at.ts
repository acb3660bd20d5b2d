// Whether the server takes its data port at PORT already, or only at the transfer command.
import type { Endpoint } from '../../../address.ts';
import { type ProbeRun, prepareTry, scoped } from '../probe-run.ts';
import { whyNotHeld } from './hold.ts';

/** After PORT and before the transfer command the port is free, or it is not. The port must be free before. */
export function observeBoundAtPort(run: ProbeRun, source: Endpoint): Promise<boolean> {
  return scoped(run, async (scope) => {
    const { attempt } = await prepareTry(run, scope);
    attempt.announce();
    await attempt.accepted();
    return whyNotHeld(source) !== undefined;
  });
}
