// What the daemons differ in: one file each, of this shape.
import type { Endpoint } from '../address.ts';
import type { Place } from './place.ts';
import type { Login } from './types.ts';

/** What is executed, without a shell. */
export interface Command {
  /** Path or name of the program. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
}

export interface Daemon {
  /** It binds privileged ports or changes its user. The others run as whoever starts them. */
  readonly needsRoot: boolean;
  readonly login: Login;
  /** The fixed source port of its active data connections when it listens on `server`; null where it keeps none. */
  dataPort(server: Endpoint): number | null;
  /** Gets the program and writes its configuration into the place. @throws PreflightError for what is missing */
  command(place: Place): Promise<Command>;
}

export const ANONYMOUS: Login = { user: 'anonymous', password: 'port20@' };
/** The one user of the account files in fixtures/peers. */
export const OWN_USER: Login = { user: 'peer', password: 'port20' };
