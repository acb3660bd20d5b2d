// Everything that the checks of the doctor look at: the intention, and what this host says about itself.
import type { Endpoint } from '../../address.ts';
import type { TcpState } from '../../net/tcp-states.ts';
import type { BindTrial } from '../cost/fast-path.ts';
import type { OptionSet } from '../types.ts';

/** What somebody is about to run here. */
export interface Intention {
  /** IP literal that the server listens on. */
  readonly host: string;
  readonly controlPort: number;
  /** Local port of active data connections. */
  readonly dataPort: number;
  /** Sessions at once; null when nobody said. */
  readonly sessions: number | null;
  /** Of them, in the busiest process. */
  readonly sessionsPerProcess: number | null;
}

/** A socket on one of the ports, and whose it is as far as we may see. */
export interface PortUser {
  readonly local: Endpoint;
  readonly state: TcpState;
  /** Null for one in TIME_WAIT, which nobody owns any more. */
  readonly uid: number | null;
  readonly pid: number | null;
  readonly command: string | null;
}

export interface Conntrack {
  readonly count: number;
  readonly max: number;
  readonly ftpHelper: boolean;
}

export interface Container {
  /** Who made it: `docker`, `podman`, `kubernetes`, `lxc`, or `unknown`. */
  readonly kind: string;
  /** Of its default route; null for none. */
  readonly gateway: string | null;
}

/** Null wherever this system does not tell. */
export interface Facts extends Intention {
  readonly platform: string;
  /** The release of the kernel, as uname(2) gives it. */
  readonly kernel: string;
  readonly nodeVersion: string;
  /** Why the FFI cannot be used; null when it can. */
  readonly ffiProblem: string | null;
  readonly socketDiag: boolean;
  readonly descriptorLimit: number | null;
  readonly acceptQueueLimit: number | null;
  readonly ephemeralRange: readonly [number, number] | null;
  /** Ports that the kernel never chooses by itself, as ranges. */
  readonly reservedPorts: readonly (readonly [number, number])[];
  readonly unprivilegedPortStart: number | null;
  /** Whether this process may bind below that. */
  readonly mayBindPrivileged: boolean;
  readonly controlPortListeners: readonly PortUser[] | null;
  readonly dataPortUsers: readonly PortUser[] | null;
  /** One trial bind of the data port for each set of options: `ok` or the errno by name. */
  readonly dataPortBinds: Readonly<Record<OptionSet, string>> | null;
  readonly timeWaitCount: number | null;
  readonly timeWaitLimit: number | null;
  /** TIME_WAIT sockets dropped early because of the limit, since boot. */
  readonly timeWaitOverflows: number | null;
  readonly timestamps: number | null;
  readonly timeWaitReuse: number | null;
  /** Binds beside many sockets, on an address of their own. */
  readonly bindTrial: BindTrial | null;
  readonly conntrack: Conntrack | null;
  /** Null where there is no sign of one. */
  readonly container: Container | null;
}

/** A check sees the facts that it names, so that whoever has only those can use it too. */
export type Seeing<Names extends keyof Facts> = Pick<Facts, Names>;
