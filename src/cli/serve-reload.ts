// What SIGHUP has done to a server that runs, in one line: what has changed, and what is kept until a restart.
import { isDeepStrictEqual } from 'node:util';
import type { ServerOptions } from '../server/options.ts';
import type { Reloaded } from '../server/reload.ts';
import type { ServeFlags } from './serve-flags.ts';

type Name = Exclude<keyof ServeFlags, 'check'>;

/**
 * What each setting is for: an option of the server, which tells itself whether it has changed; `own`, which is not the
 * server's and changes at once; `process`, which a process has from its start.
 */
const FOR: Readonly<Record<Name, keyof ServerOptions | 'own' | 'process'>> = {
  listen: 'listen',
  root: 'root',
  links: 'links',
  write: 'write',
  keepParts: 'keepPartMs',
  syncUploads: 'syncUploads',
  fileCalls: 'fileCalls',
  umask: 'umask',
  users: 'usersFile',
  anonymous: 'anonymous',
  loginDelay: 'loginDelayMs',
  maxLoginAttempts: 'maxLoginAttempts',
  banner: 'banner',
  bannerFile: 'banner',
  binder: 'binder',
  retry: 'retry',
  timeUnit: 'timeUnitMs',
  bindToConnect: 'bindToConnectMs',
  dataPort: 'dataPort',
  passivePorts: 'passivePorts',
  activeAddress: 'activeAddress',
  passiveAddress: 'passiveAddress',
  loginTimeout: 'loginTimeoutMs',
  idleTimeout: 'idleTimeoutMs',
  connectTimeout: 'connectTimeoutMs',
  acceptTimeout: 'acceptTimeoutMs',
  connectRetry: 'connectRetry',
  stallTimeout: 'stallTimeoutMs',
  linger: 'lingerMs',
  maxSessions: 'maxSessions',
  maxSessionsPerAddress: 'maxSessionsPerAddress',
  maxRate: 'maxBytesPerSecond',
  tls: 'tls',
  tlsCert: 'tlsCertFile',
  tlsKey: 'tlsKeyFile',
  implicitTls: 'implicitTlsPorts',
  tlsReuse: 'tlsReuse',
  tlsBareFin: 'tlsBareFin',
  grace: 'own',
  logLevel: 'own',
  workers: 'process',
  user: 'process',
  group: 'process',
  logFile: 'process',
  xferlog: 'process',
  metrics: 'process',
};

const NAMES = Object.keys(FOR) as Name[];

interface Settings {
  readonly changed: readonly Name[];
  readonly kept: readonly Name[];
}

type Done = Pick<Reloaded, 'changed' | 'kept'>;

function settingsIn(before: ServeFlags, after: ServeFlags, { changed, kept }: Done): Settings {
  const differs = (name: Name) => !isDeepStrictEqual(before[name], after[name]);
  // A default that follows from another setting was said by nobody; but there may be another banner in the same file.
  const isIn = (options: readonly string[], name: Name) =>
    options.includes(FOR[name]) && (differs(name) || (name === 'bannerFile' && after[name] !== undefined));
  return {
    changed: NAMES.filter((name) => isIn(changed, name) || (FOR[name] === 'own' && differs(name))),
    kept: NAMES.filter((name) => isIn(kept, name) || (FOR[name] === 'process' && differs(name))),
  };
}

/** `changed write, grace; kept until a restart: listen`, and who may log in now where that has changed. */
export function describeReload(before: ServeFlags, after: ServeFlags, done: Reloaded): string {
  const { changed, kept } = settingsIn(before, after, done);
  const parts = [
    changed.length === 0 ? 'nothing changed' : `changed ${inWords(changed)}`,
    ...(kept.length === 0 ? [] : [`kept until a restart: ${inWords(kept)}`]),
    ...(after.users === undefined ? [] : [`${after.users} read again: ${numberOf(done.users ?? 0)}`]),
    ...(done.certificateValidTo === undefined
      ? []
      : [`certificate read again: good until ${done.certificateValidTo}`]),
    ...(done.changed.includes('anonymous') ? [`anonymous users may ${logInOrNot(after)}`] : []),
  ];
  return parts.join('; ');
}

/** The flags by which the next reload is told: what is kept is as it was. */
export function inForceAfter<Flags extends ServeFlags>(before: Flags, after: Flags, done: Done): Flags {
  const kept = settingsIn(before, after, done).kept.map((name) => [name, before[name]]);
  return { ...after, ...Object.fromEntries(kept) };
}

/** By their names in the configuration file. */
function inWords(names: readonly Name[]): string {
  return names.map(keyOf).join(', ');
}

function keyOf(attribute: string): string {
  return attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function numberOf(users: number): string {
  if (users === 0) return 'no users';
  return users === 1 ? '1 user' : `${users} users`;
}

/** Without a users file they may, unless set; beside one they may not (fill-options.ts). */
function logInOrNot({ users, anonymous }: ServeFlags): string {
  return users === undefined || anonymous === true ? 'log in now' : 'no longer log in';
}

/** Runs `work` once more behind itself if it was asked for meanwhile, however often. */
export function oneAtATime(work: () => Promise<void>): () => void {
  let wanted = false;
  let running = false;
  const run = async () => {
    running = true;
    while (wanted) {
      wanted = false;
      await work();
    }
    running = false;
  };
  return () => {
    wanted = true;
    if (!running) void run();
  };
}
