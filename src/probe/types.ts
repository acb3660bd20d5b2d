// What a probe found: of this kernel, of the price of a bind, of this host, of a server. Every report is made from it.
import type { Endpoint } from '../address.ts';

export type Family = 'IPv4' | 'IPv6';
/** Socket options set before bind(2). */
export type OptionSet = 'none' | 'addr' | 'port' | 'both';
export const OPTION_SETS: readonly OptionSet[] = ['none', 'addr', 'port', 'both'];
/** State of the socket that holds the port. */
export type HolderState = 'bound' | 'syn-sent' | 'established' | 'fin-wait-2' | 'time-wait' | 'listen';
export const HOLDER_STATES: readonly HolderState[] = [
  'bound',
  'syn-sent',
  'established',
  'fin-wait-2',
  'time-wait',
  'listen',
];

/** One experiment: `holder` is in `state` on a port; may a second socket with `binder` bind there? */
export interface TruthTableCell {
  readonly family: Family;
  readonly state: HolderState;
  readonly holder: OptionSet;
  readonly binder: OptionSet;
  /** `ok`, the errno by name, or `not-run`. */
  readonly bind: string;
}

export type ClaimVerdict = 'holds' | 'does-not-hold' | 'not-run';

/** A sentence about sockets, put to the test. */
export interface ClaimResult {
  readonly id: string;
  readonly claim: string;
  /** What was done, in one sentence. */
  readonly experiment: string;
  /** What this kernel did; of one that was not run, what it needs. */
  readonly observed: string;
  readonly verdict: ClaimVerdict;
}

export interface ProbeHost {
  readonly platform: string;
  readonly kernel: string;
  readonly arch: string;
  readonly node: string;
  readonly sysctls: Readonly<Record<string, string | null>>;
}

export interface KernelReport {
  readonly formatVersion: 1;
  readonly host: ProbeHost;
  readonly truthTable: readonly TruthTableCell[];
  /** SHA-256 of the truth table, in hex: two kernels with one digest behave alike. */
  readonly digest: string;
  readonly claims: readonly ClaimResult[];
}

export type CheckStatus = 'ok' | 'warning' | 'failure' | 'unknown';

/** One thing that can keep a server or a run from working on this host. */
export interface DoctorCheck {
  readonly id: string;
  readonly title: string;
  readonly status: CheckStatus;
  readonly observed: string;
  /** What to do, in a plain sentence; empty when nothing is wrong. */
  readonly advice: string;
}

export interface DoctorReport {
  readonly formatVersion: 1;
  readonly host: ProbeHost;
  readonly checks: readonly DoctorCheck[];
}

export type CostCall = 'bind' | 'connect';
export type CostState = 'bound' | 'connected' | 'time-wait';

/** Microseconds of one call on a port that `sockets` others share already. */
export interface CostPoint {
  readonly options: OptionSet;
  readonly state: CostState;
  readonly call: CostCall;
  readonly sockets: number;
  readonly medianMicroseconds: number;
  readonly p90Microseconds: number;
  readonly calls: number;
}

/** How the cost of a call goes with the number of sockets. */
export interface CostTrend {
  readonly options: OptionSet;
  readonly state: CostState;
  readonly call: CostCall;
  /** Microseconds more for 1 000 sockets more, with its 95 % interval. */
  readonly slopeMicroseconds: number;
  readonly interval: readonly [number, number];
  readonly verdict: 'constant' | 'growing' | 'inconclusive';
}

export interface CostReport {
  readonly formatVersion: 1;
  readonly host: ProbeHost;
  readonly points: readonly CostPoint[];
  readonly trends: readonly CostTrend[];
  /** Whether bind(2) with SO_REUSEADDR alone costs the same at any number of sockets on the port. */
  readonly reuseAddrFastPath: 'present' | 'absent' | 'unknown';
  readonly notes: readonly string[];
}

/** `certain`: seen directly; `likely`: one indirect sign; `unknown`: could not be told. */
export type Confidence = 'certain' | 'likely' | 'unknown';

/** One thing found out about a server, in words and as a value for scripts. */
export interface Trait {
  readonly id: string;
  readonly title: string;
  readonly found: string;
  readonly value: string | number | boolean | null;
  readonly confidence: Confidence;
  /** How it was found out. */
  readonly evidence: string;
}

export interface Fingerprint {
  readonly formatVersion: 1;
  readonly server: Endpoint;
  readonly traits: readonly Trait[];
  readonly notes: readonly string[];
}

/** `tolerable`: not what the clause says, and clients cope with it. */
export type CaseVerdict = 'conforms' | 'tolerable' | 'breaks' | 'not-run';
export const CASE_VERDICTS: readonly CaseVerdict[] = ['conforms', 'tolerable', 'breaks', 'not-run'];

/** One case of `conform`, and what a server made of it. */
export interface CaseResult {
  /** Stable, for scripts. */
  readonly id: string;
  readonly theme: string;
  readonly title: string;
  /** Of an RFC, or the public report that it stems from. */
  readonly clause: string;
  /** What the client sends, escaped, one piece a step; names in braces stand for addresses and files of the run. */
  readonly sends: readonly string[];
  /** What must come of it. */
  readonly expects: readonly string[];
  readonly verdict: CaseVerdict;
  /** What came, step by step; of a case that was not run, why. */
  readonly seen: string;
  readonly durationMs: number;
}

export interface ConformReport {
  readonly formatVersion: 1;
  /** Its name, where it is a peer or our own. */
  readonly name: string | null;
  readonly server: Endpoint;
  readonly cases: readonly CaseResult[];
  /** Such as a folder that could not be removed. */
  readonly notes: readonly string[];
}

/** One cause that fits what was seen; several ids where a client cannot tell them apart. */
export interface DiagnosisFinding {
  readonly ids: readonly string[];
  /** In one sentence. */
  readonly cause: string;
  readonly evidence: string;
  readonly advice: string;
}

export interface Diagnosis {
  readonly formatVersion: 1;
  readonly server: Endpoint;
  /** How many transfers it took. */
  readonly transfers: number;
  /** Worst first; empty where nothing was found. */
  readonly findings: readonly DiagnosisFinding[];
}
