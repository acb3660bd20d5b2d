// A server that runs already: looked at once before the run, so that every transfer's content can be checked.
import type { Endpoint } from '../address.ts';
import { openSession } from '../client/basic-ftp/session.ts';
import { PreflightError, UsageError } from '../errors.ts';
import type { RemoteFile } from '../load/spec.ts';
import type { Login } from '../peers/types.ts';
import { contestantsOf } from '../plan/contestants.ts';
import type { Plan } from '../plan/types.ts';
import { failureKey } from '../result/outcome.ts';

/** A target of the plan, with what the plan must not hold. */
export interface Target {
  readonly server: Endpoint;
  readonly login: Login;
  /** The file to fetch; undefined where none was named. */
  readonly path: string | undefined;
  /** The client's own address for it; null: any of 127/8, the server is on this machine. */
  readonly clientAddress: string | null;
}

export interface PreparedTarget extends Target {
  /** What it sends; null where no file was named: then nothing is fetched. */
  readonly file: RemoteFile | null;
}

/**
 * Every target of the plan, looked at once; nothing is dialled before all of them are known.
 * @param targets by the name of the contestant
 * @throws UsageError that names the target and the option, PreflightError when a target does not answer
 */
export async function prepareTargets(
  plan: Plan,
  targets: ReadonlyMap<string, Target> = new Map(),
): Promise<Map<string, PreparedTarget>> {
  requireTargets(plan, targets);
  const prepared = new Map<string, PreparedTarget>();
  for (const [name, target] of targets) prepared.set(name, await prepareTarget(name, target, plan));
  return prepared;
}

/** A plan says which servers it means, but holds neither their logins nor the way to them: those are handed in. */
function requireTargets(plan: Plan, targets: ReadonlyMap<string, Target>): void {
  const named = contestantsOf(plan).filter(({ kind }) => kind === 'target');
  for (const { name } of named) {
    const target = targets.get(name);
    if (target === undefined) {
      throw new UsageError(
        `target ${name} of the plan is not in the option \`targets\`: add its server, login, path and clientAddress under '${name}'`,
      );
    }
    if (target.path === undefined && fetchesFiles(plan)) {
      throw new UsageError(
        `target ${name} has no \`path\` in the option \`targets\`: name the file that the plan is to fetch`,
      );
    }
  }
  const strange = [...targets.keys()].find((name) => named.every((target) => target.name !== name));
  if (strange === undefined) return;
  const known = named.length === 0 ? 'has none' : `has ${named.map(({ name }) => name).join(', ')}`;
  throw new UsageError(`'${strange}' in the option \`targets\` is no target of the plan, which ${known}`);
}

export function fetchesFiles({ scenarios }: Pick<Plan, 'scenarios'>): boolean {
  return scenarios.some(({ mix }) => mix.some(({ value }) => value === 'retr'));
}

/** Fetches the file once, by active mode, as every transfer will. @throws PreflightError when that fails */
export async function prepareTarget(name: string, target: Target, plan: Plan): Promise<PreparedTarget> {
  const { server, login, path, clientAddress } = target;
  const session = await openSession({
    ...{ server, ...login, localAddress: clientAddress ?? server.address, timeoutMs: plan.timeoutMs },
  }).catch((cause: Error) => {
    throw new PreflightError(`target ${name}: ${cause.message}`, { cause });
  });
  try {
    return { ...target, file: path === undefined ? null : await fetched(path) };
  } finally {
    session.close();
  }

  async function fetched(wanted: string): Promise<RemoteFile> {
    const report = await session.transfer({ direction: 'retr', path: wanted });
    if (report.error === undefined) return { path: wanted, bytes: report.bytes, hash: report.hash };
    const reason = failureKey(report.error) ?? report.error.kind;
    throw new PreflightError(`target ${name}: '${wanted}' cannot be fetched in active mode: ${reason}`);
  }
}
