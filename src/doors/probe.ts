// `port20/probe`: what `port20 probe` asks of a kernel, a host or a server, with the answers as data.
export type { Endpoint } from '../address.ts';
export { type CostOptions, probeCost } from '../probe/cost/measure.ts';
export { type DoctorOptions, diagnose } from '../probe/doctor/diagnose.ts';
export { type KernelProbeOptions, probeKernel as runProbe } from '../probe/kernel/probe.ts';
export { type FingerprintOptions, fingerprintServer } from '../probe/server/fingerprint.ts';
export type {
  CheckStatus,
  ClaimResult,
  ClaimVerdict,
  Confidence,
  CostCall,
  CostPoint,
  CostReport,
  CostState,
  CostTrend,
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
