// The targets of a plan: where they are, with the password that no plan holds, and from which address they are reached.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Endpoint, isLoopback } from '../address.ts';
import { errorCodeOf, PreflightError, UsageError } from '../errors.ts';
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

/** Undefined without a file. @throws UsageError */
export async function passwordIn(file: string | undefined): Promise<string | undefined> {
  if (file === undefined) return undefined;
  const text = await readTextFile(file, { what: 'password file', mostBytes: MOST_PASSWORD_BYTES });
  return requirePassword(text.replace(/\r?\n$/, ''), `password file ${quoted(file)}`);
}

const MOST_PASSWORD_BYTES = 4096;

/** A connected datagram socket sends nothing, but knows the route. Null where any address of 127/8 will do. */
async function clientAddressFor({ address, port }: Endpoint): Promise<string | null> {
  if (address.startsWith('127.') && process.platform === 'linux') return null;
  if (isLoopback(address)) return address;
  const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  try {
    socket.connect(port, address);
    await once(socket, 'connect');
    return socket.address().address;
  } catch (error) {
    throw new PreflightError(`target ${address} cannot be reached from here: ${errorCodeOf(error)}`, {
      cause: error,
    });
  } finally {
    socket.close();
  }
}
