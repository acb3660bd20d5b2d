// Which settings a reload changes, and which stay as they are until a restart.
import { isDeepStrictEqual } from 'node:util';
import { fillOptions } from './fill-options.ts';
import type { FilledServerOptions, ServerOptions } from './options.ts';

type Name = keyof ServerOptions;

/**
 * The one table. A session keeps what was in force as it began; of what counts sessions, those that come next are
 * counted by the new numbers, and nobody who is there is sent away. Uploads and new folders go by the new settings from
 * the next one on.
 */
const RELOADABLE: Readonly<Record<Name, boolean>> = {
  listen: false, // the sockets that listen are bound
  host: false,
  port: false,
  root: false, // held open by its descriptor, which sessions share
  links: false,
  binder: false, // sockets of two kinds keep each other from one port, for a minute after their end (TIME_WAIT)
  dataPort: false,
  retry: true,
  timeUnitMs: true,
  bindToConnectMs: true,
  authenticate: true,
  usersFile: true, // read again, whether it has another name or not
  anonymous: true,
  write: true,
  keepPartMs: true,
  syncUploads: true,
  fileCalls: true,
  umask: true,
  banner: true,
  maxSessions: true,
  maxSessionsPerAddress: true,
  maxBytesPerSecond: true,
  idleTimeoutMs: true,
  loginTimeoutMs: true,
  loginDelayMs: true,
  maxLoginAttempts: true,
  connectTimeoutMs: true,
  acceptTimeoutMs: true,
  passivePorts: false, // a process knows which of them it has
  activeAddress: true,
  passiveAddress: true,
  connectRetry: true,
  stallTimeoutMs: true,
  lingerMs: true,
  tls: true,
  tlsCertFile: true, // read again, whether it has another name or not
  tlsKeyFile: true,
  tlsPem: true,
  implicitTlsPorts: true,
  tlsReuse: true,
  tlsBareFin: true,
  privateFiles: false, // they are open
  log: false,
};

export interface Reload<Options extends ServerOptions = ServerOptions> {
  /** What is in force from now on. */
  readonly options: Options;
  /** Settings that it has changed. */
  readonly changed: readonly Name[];
  /** Settings that are wanted otherwise, and stay until a restart. */
  readonly kept: readonly Name[];
}

/** What a reload has done. */
export interface Reloaded extends Omit<Reload, 'options'> {
  /** How many the users file has now; undefined where there is none. */
  readonly users?: number | undefined;
  /** Until when the certificate is good that sessions are shown from now on; undefined where TLS is off. */
  readonly certificateValidTo?: string | undefined;
}

/**
 * What becomes of `current` when `wanted` is asked for: all settings, those that are not named having their defaults.
 * @throws UsageError for an option that cannot be
 */
export function reloaded<Options extends ServerOptions>(current: Options, wanted: Options): Reload<Options> {
  const [before, after] = [fillOptions(current), fillOptions(wanted)];
  const options = { ...wanted };
  for (const name of NAMES.filter((one) => !RELOADABLE[one])) {
    if (current[name] === undefined) delete options[name];
    else Object.assign(options, { [name]: current[name] });
  }
  const now = fillOptions(options); // throws where what was kept does not go with what is new
  return {
    options,
    changed: NAMES.filter((name) => differs(before, now, name)),
    kept: NAMES.filter((name) => differs(now, after, name)),
  };
}

function differs(one: FilledServerOptions, other: FilledServerOptions, name: Name): boolean {
  return !isDeepStrictEqual(filledValue(one, name), filledValue(other, name));
}

/** Options with their defaults have some settings in another form. */
function filledValue(options: FilledServerOptions, name: Name): unknown {
  switch (name) {
    case 'log': // the caller's, not a setting
    case 'host': // told as `listen`
    case 'port':
      return undefined;
    case 'banner':
      return options.greeting;
    default:
      return options[name];
  }
}

const NAMES = Object.keys(RELOADABLE) as Name[];
