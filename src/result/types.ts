// What a run found: the saved form, from which alone every report is made.
import type { Endpoint } from '../address.ts';
import type { Contestant, Plan } from '../plan/types.ts';
import type { Verdict } from '../stats/verdict.ts';

/** One strategy under load for a while on an address of its own. */
export interface BlockResult {
  readonly scenario: string;
  /** The strategy's name: a binder, `legacy-bsd#2` for the same once more, a peer or a target. */
  readonly binder: string;
  /** 0 … blocks-1: blocks of one index stood under the same conditions and are compared as a pair. */
  readonly index: number;
  readonly server: Endpoint;
  readonly dataPort: number;
  readonly startedAt: string;
  readonly durationMs: number;
  /** offered = completed + failed + cancelled + dropped, or the block is invalid. The warm-up is in none of them. */
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Arrivals of an open workload that found no idle session. */
  readonly dropped: number;
  /** Transfers of the warm-up, which nothing else counts. */
  readonly warmUp: number;
  /** Counts by `phase.code`, see `failureKey`. */
  readonly failures: Readonly<Record<string, number>>;
  /** Whether the server told its side of every transfer; null in its place below where it did not (peers, targets). */
  readonly serverView: boolean;
  readonly bindCalls: number | null;
  /** Data connections that reached the client, and how many of them came from the default data port L-1. */
  readonly connected: number;
  readonly fromDefaultDataPort: number;
  /** Most live sockets on L-1 at once (TIME_WAIT and LISTEN not counted), and most processes that held some at once. */
  readonly peakSockets: number;
  readonly peakProcesses: number;
  /** HDR histograms (V2, compressed, base64) in microseconds. Waits of failed binds are not in it but in `failed`. */
  readonly waitsToBind: string;
  /** Of transfers that completed, from the scheduled start. */
  readonly transferTimes: string;
  /** What a prediction is fed with, of the server's transfers: see `ContentionTimes`. Null without the server's view. */
  readonly contention: ContentionTimes | null;
  /** These two are null in a result that was made before format version 2. */
  readonly timeline: Timeline | null;
  readonly generator: GeneratorLoad | null;
  readonly valid: boolean;
  /** Why it is not valid. */
  readonly problems: readonly string[];
  /** What a reader should know although the block is valid. */
  readonly warnings: readonly string[];
}

/** Histograms as above. A transfer is: before the bind, waits, the window from bind to connect, what comes after. */
export interface ContentionTimes {
  readonly beforeBind: string;
  readonly window: string;
  /** From connect to the end of the server's data connection; what the port is held for, with the window and TIME_WAIT. */
  readonly holdAfterConnect: string;
  /** From the end of the server's data connection to the end of the client's transfer; of a failed bind, to its reply. */
  readonly after: string;
  /** How much longer than scheduled one wait of the retry loop took. */
  readonly oversleep: string;
}

/** A block in slices of `everyMs` from its start, by the moment in which a transfer ended; the warm-up is in it. */
export interface Timeline {
  readonly everyMs: number;
  readonly completed: readonly number[];
  readonly failed: readonly number[];
  /** Most transfers under way at once. */
  readonly inFlight: readonly number[];
  /** On the data port; null where nobody could look in that slice. */
  readonly liveSockets: readonly (number | null)[];
  readonly timeWaitSockets: readonly (number | null)[];
  /** Mean of the time spent in bind(2) calls by transfers that ended in the slice, waits excluded; null for none. */
  readonly bindMs: readonly (number | null)[];
}

/** What the load cost its generators: the worst of them. */
export interface GeneratorLoad {
  /** Share of a core that the generator used. */
  readonly cpuShare: number;
  /** Share of the time in which it could have run, but no core was free; null where the kernel does not tell. */
  readonly runQueueShare: number | null;
  readonly eventLoopLagP99Ms: number;
  readonly eventLoopLagMaxMs: number;
  /** How late transfers started; null where none was due at a time of its own. */
  readonly lateP99Ms: number | null;
  readonly descriptors: number;
  /** Connections that a full accept queue refused on this host meanwhile (TcpExtListenOverflows). */
  readonly listenOverflows: number;
  /** Sockets that found no room in TIME_WAIT on this host meanwhile (TcpExtTCPTimeWaitOverflow). */
  readonly timeWaitOverflows: number;
}

/** A quantile where failures count as infinitely long: `failed` when they reach it, null when nothing was measured. */
export type QuantileMs = number | 'failed' | null;

/** All blocks of one strategy in one scenario. */
export interface StrategyResult {
  readonly scenario: string;
  /** The strategy's name. */
  readonly binder: string;
  readonly kind: Contestant['kind'];
  /** The schedule that was followed: a preset's name or the waits, `1,2,3`, in schedule seconds; null where it is the server's own. */
  readonly retry: string | null;
  readonly blocks: number;
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly dropped: number;
  readonly failures: Readonly<Record<string, number>>;
  /** failed / (completed + failed); null when nothing finished. */
  readonly failureRate: number | null;
  /** 95 % interval with the block as the sampling unit; null when it cannot be had. */
  readonly interval: readonly [number, number] | null;
  readonly designEffect: number | null;
  readonly effectiveSize: number | null;
  readonly bindsPerTransfer: number | null;
  readonly waitToBindP50Ms: QuantileMs;
  readonly waitToBindP99Ms: QuantileMs;
  /** From the scheduled start to the end. */
  readonly transferP50Ms: QuantileMs;
  readonly transferP99Ms: QuantileMs;
  readonly transfersPerSecond: number;
  readonly connected: number;
  readonly fromDefaultDataPort: number;
  readonly peakSockets: number;
  readonly peakProcesses: number;
  /** 1 - 1/a at a time unit of one second, a = arrivals × hold under this schedule; null where there is no bound. */
  readonly realScaleBound: number | null;
  /** What contention for the port alone would make of these arrivals and hold times; null where it cannot be said. */
  readonly prediction: Prediction | null;
}

export interface Prediction {
  readonly failureRate: number;
  /** 95 % of simulated runs of as many blocks lie here. */
  readonly interval: readonly [number, number];
  /** The same, wider by the model's own error: what the verdict goes by. */
  readonly tolerance: readonly [number, number];
  /** Simulated blocks; 0 where the port is never held against a bind, so that nothing needs simulating. */
  readonly replications: number;
  /** Whether the measured rate is within what contention explains. */
  readonly verdict: 'explained' | 'within-model-error' | 'more-failures' | 'fewer-failures';
}

/** candidate - baseline, in failure rate: negative is fewer failures. */
export interface Comparison {
  readonly scenario: string;
  readonly baseline: string;
  readonly candidate: string;
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
  /** Of the sign-flip test on the pairs of blocks, by itself. */
  readonly pValue: number | null;
  /** After Holm's correction over the comparisons of its scenario: this one decides the verdict. */
  readonly pAdjusted: number | null;
  /** Pairs of blocks. */
  readonly blocks: number;
  /** What `pAdjusted` is held against, and one minus the confidence of the interval: less where a run looked more than once. */
  readonly significance: number;
  readonly verdict: Verdict;
  /** Blocks of each strategy that would probably settle it; null when it is settled or when no number can. */
  readonly blocksNeeded: number | null;
  /** A rise of the failure rate up to here does not matter; a proportion. */
  readonly margin: number;
}

export interface Host {
  readonly platform: string;
  readonly kernel: string;
  readonly arch: string;
  readonly node: string;
  readonly cpus: number;
  readonly cpuModel: string | null;
  /** Files that one process may open; null for no limit. */
  readonly descriptorLimit: number | null;
  /** Whether client and server were on this machine. */
  readonly loopback: boolean;
  readonly memoryBytes: number;
  /** The sysctls that change what is measured here; null where this system has none of that name. */
  readonly sysctls: Readonly<Record<string, string | null>>;
  /** Digest of the kernel's truth table (`port20 probe`): one digest, one behaviour. Null where it was not measured. */
  readonly truthTableDigest: string | null;
}

/** The saved form of a run; every report is made from it alone. */
export interface RunResult {
  readonly formatVersion: 2;
  readonly tool: { readonly name: 'port20'; readonly version: string };
  readonly host: Host;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly requested: Plan;
  readonly blocks: readonly BlockResult[];
  readonly strategies: readonly StrategyResult[];
  readonly comparisons: readonly Comparison[];
  readonly warnings: readonly string[];
  /** True when the run was interrupted, or out of time, before its last block. */
  readonly partial: boolean;
  /** What ended it. */
  readonly endedBy: 'plan' | 'conclusive' | 'max-time' | 'interrupt';
  /** When it was taken up again after a crash or an interrupt, and how many blocks it had by then. */
  readonly resumed: readonly { readonly at: string; readonly blocksDone: number }[];
  readonly valid: boolean;
}
