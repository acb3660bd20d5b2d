// The targets of a plan: where they are, with the password that no plan holds, and from which address they are reached.
import { type Endpoint, isLoopback } from '../address.ts';
import { errorCodeOf, PreflightError, UsageError } from '../errors.ts';
import { routeAddress } from '../net/route.ts';
import { contestantsOf } from '../plan/contestants.ts';
import type { Plan } from '../plan/types.ts';
import { quoted } from '../quoted.ts';
import { fetchesFiles, type Target } from '../run/targets.ts';
import { readTextFile } from '../text-file.ts';
import { readTarget, requirePassword } from './target.ts';

export interface TargetFlags {
  readonly passwordFile?: string;
  readonly iOwnThisServer?: boolean;
}

/** By the name of the contestant. @throws UsageError, PreflightError */
export async function findTargets(plan: Plan, flags: TargetFlags): Promise<Map<string, Target>> {
  const targets = new Map<string, Target>();
  for (const contestant of contestantsOf(plan)) {
    if (contestant.kind !== 'target') continue;
    const { server, user, password, path } = await readTarget(contestant.url, flags.iOwnThisServer === true);
    requirePath(plan, contestant.url, path);
    const login = { user, password: (await passwordIn(flags.passwordFile)) ?? password };
    targets.set(contestant.name, { server, login, path, clientAddress: await clientAddressFor(server) });
  }
  return targets;
}

function requirePath(plan: Plan, url: string, path: string | undefined): void {
  if (path !== undefined || !fetchesFiles(plan)) return;
  throw new UsageError(
    `target ${url}: name a file to fetch, such as ${url.replace(/\/$/, '')}/file, or use --direction list`,
  );
}

/** Of a file, or of the environment; undefined where neither has one. */
export async function passwordOf(file: string | undefined): Promise<string | undefined> {
  return (await passwordIn(file)) ?? requirePassword(process.env.PORT20_PASSWORD, 'PORT20_PASSWORD');
}

/** Undefined without a file. @throws UsageError */
export async function passwordIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readTextFile(file, { what: 'password file', mostBytes: MOST_PASSWORD_BYTES });
  return requirePassword(text.replace(/\r?\n$/, ''), `password file ${quoted(file)}`);
}

const MOST_PASSWORD_BYTES = 4096;

/** Null where any address of 127/8 will do. */
async function clientAddressFor({ address }: Endpoint): Promise<string | null> {
  if (address.startsWith('127.') && process.platform === 'linux') return null;
  if (isLoopback(address)) return address;
  return routeAddress(address).catch((cause: unknown) => {
    throw new PreflightError(`target ${address} cannot be reached from here: ${errorCodeOf(cause)}`, {
      cause,
    });
  });
}
