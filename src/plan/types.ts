// What is asked of a run: the plan as code reads it, everything filled in.
import type { BinderName, RetrySetting } from '../binder/types.ts';
import type { PeerName } from '../peers/types.ts';

export const DIRECTIONS = ['retr', 'stor', 'list'] as const;

export type Direction = (typeof DIRECTIONS)[number];

export const WORKLOADS = ['closed', 'open', 'bursts'] as const;

export const ARRIVALS = ['poisson', 'constant'] as const;

export const CLIENT_PORTS = ['fresh', 'sticky', 'default'] as const;

export const ANNOUNCEMENTS = ['auto', 'PORT', 'EPRT'] as const;

export const LOGINS = ['once', 'each'] as const;

export const TLS_MODES = ['off', 'explicit'] as const;
/** Between the server and the clients: nothing, or a router in namespaces that the run makes. */
export const NETWORKS = ['none', 'firewall-port-20', 'lossy'] as const;

export type Network = (typeof NETWORKS)[number];

export const USER_PIS = ['basic-ftp', 'lean'] as const;

export const ON_SATURATION = ['default', 'warn', 'invalid'] as const;

export const UNTILS = ['blocks', 'conclusive'] as const;

/** One load on one number of sessions. Everything is filled in: nothing here is optional. */
export interface Scenario {
  readonly name: string;
  readonly workload: Workload;
  /** Control connections that are open at once: no more transfers than these run at the same time. */
  readonly sessions: number;
  /** What the transfers do, by weight. */
  readonly mix: readonly Weighted<Direction>[];
  readonly fileSize: SizeDistribution;
  /** Load time of one block, the warm-up included. No transfer starts after it; those that run are waited for. */
  readonly durationMs: number;
  /** Transfers that are to start in this first part of a block are run, but not counted. */
  readonly warmUpMs: number;
  /** Transfers of one block at the most; 0 for no limit. */
  readonly transfers: number;
  /** Held between bind and connect, under every binder alike: it stands for a busy host. */
  readonly bindToConnectMs: number;
  /** Client addresses that the sessions share; `each`: every session has its own. */
  readonly clientAddresses: number | 'each';
  /**
   * Where the client listens: a new port for each transfer, one port for the session, or the user's default data port,
   * which is the control connection's own (RFC 959 §3.2): there every transfer has the same 4-tuple.
   */
  readonly clientPort: (typeof CLIENT_PORTS)[number];
  /** How that is announced. `auto`: EPRT for IPv6, PORT for IPv4. */
  readonly announce: (typeof ANNOUNCEMENTS)[number];
  /** `each`: every transfer logs in by itself, and its time includes the login. */
  readonly login: (typeof LOGINS)[number];
  /** `explicit`: AUTH TLS before the login, and data connections under TLS that resume its session. */
  readonly tls: (typeof TLS_MODES)[number];
  readonly network: Network;
}

export interface Weighted<T> {
  readonly value: T;
  readonly weight: number;
}

/** When transfers start. Stages follow one another and last as long as a block does. */
export type Workload =
  /** Each active session runs one transfer after another, with a pause for thought before each. Levels are sessions. */
  | { readonly kind: 'closed'; readonly thinkTime: TimeDistribution; readonly stages: readonly Stage[] }
  /** Transfers arrive whether or not others have ended; one that finds no idle session is dropped. Levels are arrivals a second. */
  | {
      readonly kind: 'open';
      readonly arrivals: (typeof ARRIVALS)[number];
      readonly stages: readonly Stage[];
    }
  /** `size` transfers arrive in the same moment, again and again: clients in lockstep. */
  | { readonly kind: 'bursts'; readonly everyMs: number; readonly size: number };

/** The level goes in a straight line from `from` to `to`. */
export interface Stage {
  readonly durationMs: number;
  readonly from: number;
  readonly to: number;
}

export type TimeDistribution =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'exponential'; readonly meanMs: number }
  | { readonly kind: 'uniform'; readonly minMs: number; readonly maxMs: number };

export type SizeDistribution =
  | { readonly kind: 'fixed'; readonly bytes: number }
  | { readonly kind: 'choice'; readonly of: readonly Weighted<number>[] }
  /** `sigma`: standard deviation of the natural logarithm. */
  | {
      readonly kind: 'lognormal';
      readonly medianBytes: number;
      readonly sigma: number;
      readonly maxBytes: number;
    };

/** What was asked for. The YAML form says `duration: 1s`; this is the form that code reads. */
export interface Plan {
  readonly formatVersion: 1;
  readonly name: string;
  readonly seed: number;
  /** Strategies of the built-in server. One that is named twice runs twice (an A/A test). */
  readonly binders: readonly BinderName[];
  /** Other servers, started here for each block. */
  readonly peers: readonly PeerName[];
  /** Other servers that run already: FTP URLs without a password. */
  readonly targets: readonly string[];
  readonly scenarios: readonly Scenario[];
  /** Blocks of each contestant in each scenario; with `until: conclusive` at the most. */
  readonly blocks: number;
  readonly until: (typeof UNTILS)[number];
  /** Thresholds, as they were written: the run ends once one of them is true of a row. */
  readonly abortOn: readonly string[];
  /** Blocks of a row that they wait for. */
  readonly abortAfter: number;
  /** No block begins that would end after this; 0 for no limit. */
  readonly maxTimeMs: number;
  /** Pause before each block. A target has one address for all its blocks: what is left in TIME_WAIT goes in a minute. */
  readonly restMs: number;
  /** Server processes that share one data port. */
  readonly workers: number;
  /** Load generator processes. */
  readonly generators: number;
  /** What a generator without time to spare makes of a run. `default`: invalid where it is an agent, a warning otherwise. */
  readonly onSaturation: (typeof ON_SATURATION)[number];
  /** The client behind each session. */
  readonly userPi: (typeof USER_PIS)[number];
  /** A data connection from another port than the data port is refused and counts as a failure. */
  readonly requireDataPort: boolean;
  /** `default`: each binder's own schedule (`bsd` for the legacy ones, `none` for the others). */
  readonly retry: RetrySetting | 'default';
  /** Length of one second of the retry schedule. */
  readonly timeUnitMs: number;
  /** The client's patience with one step of a transfer, beyond the longest schedule. */
  readonly timeoutMs: number;
  /** The name of the contestant that the others are compared with. */
  readonly baseline: string;
}

/** What stands in one row of the table. */
export type Contestant =
  | { readonly kind: 'binder'; readonly name: string; readonly binder: BinderName }
  | { readonly kind: 'peer'; readonly name: string; readonly peer: PeerName }
  | { readonly kind: 'target'; readonly name: string; readonly url: string };
