// `port20/probe`: what `port20 probe` asks of a kernel, a host or a server, with the answers as data.
export type { Endpoint } from '../address.ts';
export { type ConformOptions, conform, type ListedCase, listCases } from '../probe/conform/conform.ts';
export type { Patience } from '../probe/conform/talk.ts';
export { type CostOptions, probeCost } from '../probe/cost/measure.ts';
export { type DiagnoseOptions, diagnoseServer } from '../probe/diagnose/diagnose.ts';
export { type DoctorOptions, diagnose } from '../probe/doctor/diagnose.ts';
export { type KernelProbeOptions, probeKernel as runProbe } from '../probe/kernel/probe.ts';
export { type FingerprintOptions, fingerprintServer } from '../probe/server/fingerprint.ts';
export type { ServerTarget } from '../probe/server/session.ts';
export type {
  CaseResult,
  CaseVerdict,
  CheckStatus,
  ClaimResult,
  ClaimVerdict,
  Confidence,
  ConformReport,
  CostCall,
  CostPoint,
  CostReport,
  CostState,
  CostTrend,
  Diagnosis,
  DiagnosisFinding,
  DoctorCheck,
  DoctorReport,
  Family,
  Fingerprint,
  HolderState,
  KernelReport,
  OptionSet,
  ProbeHost,
  Trait,
  TruthTableCell,
} from '../probe/types.ts';
