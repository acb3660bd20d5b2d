// What the experiments saw of a server, before anything is concluded from it.
import type { Endpoint } from '../../address.ts';
import type { OptionSet } from '../types.ts';
import type { Stage } from './transfer-try.ts';

/** One ordinary transfer. */
export interface TransferFact {
  readonly from: Endpoint;
  /** The connection was there before the transfer command was sent. */
  readonly beforeCommand: boolean;
  /** The final reply against the server's FIN on the data connection. */
  readonly end: 'fin-first' | 'reply-first' | 'waits-for-peer' | 'unknown';
  /** Who the server's data socket belongs to, by the kernel's table. */
  readonly uid: number | undefined;
}

/** A transfer to a port where nobody listens. */
export interface RefusedPortFact {
  readonly portReplyCode: number | undefined;
  readonly replyCodes: readonly number[];
}

/** A try that something stood in the way of. `from` is where the connection came from, if one came. */
export type Obstructed =
  | { readonly kind: 'connected'; readonly from: Endpoint; readonly afterMs: number }
  | { readonly kind: 'refused'; readonly replyCode: number; readonly stage: Stage; readonly afterMs: number }
  | { readonly kind: 'ended'; readonly afterMs: number }
  | { readonly kind: 'waited'; readonly until: Ending | undefined };
/** How a wait ended; undefined above means that the probe's patience ended first. */
export type Ending = {
  readonly kind: 'connected' | 'refused' | 'ended';
  readonly afterMs: number;
  readonly replyCode?: number;
};

export interface HoldFacts {
  /** What came of a transfer while the probe held the data port with these options. */
  readonly tries: Readonly<Partial<Record<OptionSet, Obstructed>>>;
  /** Which binder may join which holder on this kernel, just measured: `joins[holder]` has the binders. */
  readonly joins: Readonly<Record<OptionSet, readonly OptionSet[]>>;
}

export interface ScheduleFacts {
  /** Waits between its first binds, in milliseconds, as far as they were measured. */
  readonly waitsMs: readonly number[];
  /** First waits of several transfers. */
  readonly firstWaitsMs: readonly number[];
  /** Whether it sleeps once more after its last bind. */
  readonly lastWaitIsIdle: boolean;
  /** From the transfer command to giving up, or how long the probe waited for that. */
  readonly gaveUp:
    | {
        readonly afterMs: number;
        readonly how: 'refused' | 'ended' | 'refused-and-ended';
        readonly replyCode?: number;
      }
    | undefined;
  readonly patienceMs: number;
  readonly answersNoop: boolean;
  readonly answersAbort: boolean;
}

export interface OverlapFacts {
  /** A second transfer while the first one's connection lives: to another port of the client, and to the same. */
  readonly livePort: Obstructed | undefined;
  readonly liveTuple: Obstructed | undefined;
  /** After the first one's connection has gone to TIME_WAIT at the server. */
  readonly timeWaitPort: Obstructed | undefined;
  readonly timeWaitTuple: Obstructed | undefined;
}

export interface AnnouncementFacts {
  readonly foreign: {
    readonly address: string;
    readonly replyCode: number | undefined;
    readonly dialled: boolean | undefined;
  };
  readonly privileged: { readonly port: number; readonly replyCode: number | undefined };
}

/** Whether the source address follows the control connection's; undefined when it has but one address. */
export interface AnchorFact {
  readonly control: string;
  readonly from: string;
  readonly port: number;
}

export interface Facts {
  readonly server: Endpoint;
  /** The port that the server is expected to dial from. */
  readonly dataPort: number;
  readonly transfers: readonly TransferFact[];
  /** Local ports of the other data connections that nothing stood in the way of. */
  readonly others: readonly number[];
  readonly refusedPort: RefusedPortFact;
  readonly anchor: AnchorFact | undefined;
  readonly announcements: AnnouncementFacts;
  /** Whether the data port was taken between PORT and the transfer command; undefined when that cannot be told. */
  readonly boundAtPort: boolean | undefined;
  /** Undefined where the data port could not be held; `notHeld` says why. */
  readonly holds: HoldFacts | undefined;
  readonly notHeld: string | undefined;
  readonly schedule: ScheduleFacts | undefined;
  readonly overlap: OverlapFacts;
}

/**
 * The one local port of all data connections that nothing stood in the way of; undefined when they differ. A kernel may
 * give the same ephemeral port a few times in a row, to other ports of the client: so every connection that was seen
 * counts, and not only those of the first experiment.
 */
export function fixedSource({ transfers, others = [] }: Seen): Endpoint | undefined {
  const [first] = transfers;
  const ports = [...transfers.map(({ from }) => from.port), ...others];
  return ports.every((port) => port === first?.from.port) ? first?.from : undefined;
}

type Seen = Pick<Facts, 'transfers'> & Partial<Pick<Facts, 'others'>>;
