// Whether the data connection comes from the address that the client talks to, on a server that has several.
import { PreflightError } from '../../../errors.ts';
import type { AnchorFact } from '../facts.ts';
import { finish, type ProbeRun, prepareTry, scoped } from '../probe-run.ts';
import { STEP_MS } from '../session.ts';

/** All of 127/8 is this host: a server on 0.0.0.0 answers at every one of them. Undefined when it does not. */
export function observeAnchor(run: ProbeRun): Promise<AnchorFact | undefined> {
  return scoped(run, async (scope) => {
    const { server } = run.target;
    if (!server.address.startsWith('127.')) return undefined;
    const control = neighbour(server.address);
    try {
      const target = { ...run.target, server: { address: control, port: server.port } };
      const prepared = await prepareTry({ ...run, target }, scope);
      prepared.attempt.announce();
      const outcome = await prepared.attempt.outcome(STEP_MS);
      await finish(prepared, outcome, scope, 'reset');
      if (outcome?.kind !== 'connected') return undefined;
      const { address: from, port } = outcome.arrival.from;
      return { control, from, port };
    } catch (error) {
      if (error instanceof PreflightError) return undefined; // nobody listens there
      throw error;
    }
  });
}

function neighbour(address: string): string {
  const bytes = address.split('.').map(Number);
  const last = bytes[3] ?? 0;
  return [...bytes.slice(0, 3), last > 1 ? last - 1 : 2].join('.');
}
