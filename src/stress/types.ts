// The record that joins both halves of a run: an Attempt is written by the load, a RunResult is read by every report.
import type { Endpoint } from '../address.ts';
import type { BinderName, RetrySetting } from '../binder/types.ts';
import type { Verdict } from '../stats/verdict.ts';
import type { Outcome } from './outcome.ts';

export type { Verdict } from '../stats/verdict.ts';

export const DIRECTIONS = ['retr', 'stor', 'list'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** One load on one number of sessions. Everything is filled in: nothing here is optional. */
export interface Scenario {
  readonly name: string;
  /** Control connections that are open at once; each runs one transfer after another (a closed workload). */
  readonly sessions: number;
  readonly direction: Direction;
  readonly fileSizeBytes: number;
  /** Load time of one block. No transfer starts after it; those that run are waited for. */
  readonly durationMs: number;
  /** Transfers of one block at the most; 0 for no limit. */
  readonly transfers: number;
  /** Held between bind and connect, under every binder alike: it stands for a busy host. */
  readonly bindToConnectMs: number;
}

/** What was asked for. The YAML form says `duration: 1s`; this is the form that code reads. */
export interface Plan {
  readonly formatVersion: 1;
  readonly name: string;
  readonly seed: number;
  readonly binders: readonly BinderName[];
  readonly scenarios: readonly Scenario[];
  /** Blocks of each strategy in each scenario. */
  readonly blocks: number;
  /** Server processes that share one data port. */
  readonly workers: number;
  /** Load generator processes. */
  readonly generators: number;
  /** `default`: each binder's own schedule (`bsd` for the legacy ones, `none` for the others). */
  readonly retry: RetrySetting | 'default';
  /** Length of one second of the retry schedule. */
  readonly timeUnitMs: number;
  /** The client's patience with one step of a transfer, beyond the longest schedule. */
  readonly timeoutMs: number;
  /** The strategy that the others are compared with. */
  readonly baseline: BinderName;
}

/** One transfer as the client saw it. Times are `Clock.nowMs()`. */
export interface Attempt {
  readonly index: number;
  readonly session: number;
  readonly command: string;
  readonly scheduledAtMs: number;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly bytes: number;
  /** SHA-1 of the bytes received; of the bytes sent on STOR. */
  readonly hash: string;
  readonly replyCode: number | undefined;
  /** Where the client listened. */
  readonly local: Endpoint | undefined;
  /** Where the data connection came from, when one came. */
  readonly remote: Endpoint | undefined;
  readonly outcome: Outcome;
}

/** One strategy under load for a while on an address of its own. */
export interface BlockResult {
  readonly scenario: string;
  readonly binder: BinderName;
  /** 0 … blocks-1: blocks of one index stood under the same conditions and are compared as a pair. */
  readonly index: number;
  readonly server: Endpoint;
  readonly dataPort: number;
  readonly startedAt: string;
  readonly durationMs: number;
  /** offered = completed + failed + cancelled, or the block is invalid. */
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  /** Counts by `phase.code`, see `failureKey`. */
  readonly failures: Readonly<Record<string, number>>;
  readonly bindCalls: number;
  /** Data connections that reached the client, and how many of them came from the default data port L-1. */
  readonly connected: number;
  readonly fromDefaultDataPort: number;
  /** Most live sockets on L-1 at once (TIME_WAIT and LISTEN not counted), and most processes that held some at once. */
  readonly peakSockets: number;
  readonly peakProcesses: number;
  /** HDR histograms (V2, compressed, base64) in microseconds. Waits of failed binds are not in it but in `failed`. */
  readonly waitsToBind: string;
  readonly transferTimes: string;
  readonly valid: boolean;
  /** Why it is not valid. */
  readonly problems: readonly string[];
  /** What a reader should know although the block is valid. */
  readonly warnings: readonly string[];
}

/** A quantile where failures count as infinitely long: `failed` when they reach it, null when nothing was measured. */
export type QuantileMs = number | 'failed' | null;

/** All blocks of one strategy in one scenario. */
export interface StrategyResult {
  readonly scenario: string;
  readonly binder: BinderName;
  /** The schedule that was followed: a preset's name or the waits, `1,2,3`, in schedule seconds. */
  readonly retry: string;
  readonly blocks: number;
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
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
  readonly transfersPerSecond: number;
  readonly connected: number;
  readonly fromDefaultDataPort: number;
  readonly peakSockets: number;
  readonly peakProcesses: number;
  /** 1 - 1/a at a time unit of one second, a = arrivals × hold under this schedule; null where there is no bound. */
  readonly realScaleBound: number | null;
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
  readonly memoryBytes: number;
  /** The sysctls that change what is measured here; null where this system has none of that name. */
  readonly sysctls: Readonly<Record<string, string | null>>;
  /** Digest of the kernel's truth table (`port20 probe`): one digest, one behaviour. Null where it was not measured. */
  readonly truthTableDigest: string | null;
}

/** The saved form of a run; every report is made from it alone. */
export interface RunResult {
  readonly formatVersion: 1;
  readonly tool: { readonly name: 'port20'; readonly version: string };
  readonly host: Host;
  readonly startedAt: string;
  readonly durationMs: number;
  readonly requested: Plan;
  readonly blocks: readonly BlockResult[];
  readonly strategies: readonly StrategyResult[];
  readonly comparisons: readonly Comparison[];
  readonly warnings: readonly string[];
  /** True when the run was ended before its last block. */
  readonly partial: boolean;
  readonly valid: boolean;
}

/** How far a run is. */
export interface Progress {
  readonly blocksDone: number;
  readonly blocksTotal: number;
  readonly scenario: string;
  readonly binder: string;
  readonly elapsedMs: number;
  /** Null before there is anything to estimate it from. */
  readonly remainingMs: number | null;
  /** Of the whole run so far. */
  readonly offered: number;
  readonly failed: number;
}
