// A server that runs already: looked at once before the run, so that every transfer's content can be checked.
import type { Endpoint } from '../address.ts';
import { openSession } from '../client/session.ts';
import { PreflightError } from '../errors.ts';
import type { Login, RemoteFile } from './engine.ts';
import { failureKey } from './outcome.ts';
import type { Plan } from './types.ts';

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
