// The library's front door, `port20`: every type by its name, the errors, and what costs nothing to load.
export type { Endpoint } from './address.ts';
export type { BinderSettings } from './binder/binders.ts';
export type { Strategy } from './binder/strategy.ts';
export type { Binder, BinderName, BoundSocket, RetryPreset, RetrySetting } from './binder/types.ts';
export { BINDER_NAMES, RETRY_PRESETS } from './binder/types.ts';
export { ActiveModeError } from './client/active-mode-error.ts';
export type { ActiveModeOptions, DataPort } from './client/options.ts';
export {
  type ClientPhase,
  DataConnectionError,
  InvalidRunError,
  type Phase,
  Port20Error,
  PreflightError,
  UsageError,
} from './errors.ts';
export type { FileCallsSetting } from './net/disk-patience.ts';
export type { Links } from './net/tree/types.ts';
export type { Peer, PeerName, PeerOptions } from './peers/types.ts';
export type {
  Direction,
  Plan,
  Scenario,
  SizeDistribution,
  Stage,
  TimeDistribution,
  Weighted,
  Workload,
} from './plan/types.ts';
export { ANNOUNCEMENTS, CLIENT_PORTS, DIRECTIONS, LOGINS, UNTILS, USER_PIS } from './plan/types.ts';
export type { ConformOptions, ListedCase } from './probe/conform/conform.ts';
export type { Patience } from './probe/conform/talk.ts';
export type { CostOptions } from './probe/cost/measure.ts';
export type { DiagnoseOptions } from './probe/diagnose/diagnose.ts';
export type { DoctorOptions } from './probe/doctor/diagnose.ts';
export type { KernelProbeOptions } from './probe/kernel/probe.ts';
export type { FingerprintOptions } from './probe/server/fingerprint.ts';
export type { ServerTarget } from './probe/server/session.ts';
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
} from './probe/types.ts';
export { HOLDER_STATES, OPTION_SETS } from './probe/types.ts';
export type { Attempt } from './result/attempt.ts';
export type { Outcome } from './result/outcome.ts';
export type { Progress } from './result/progress.ts';
export type {
  BlockResult,
  Comparison,
  ContentionTimes,
  GeneratorLoad,
  Host,
  Prediction,
  QuantileMs,
  RunResult,
  StrategyResult,
  Timeline,
} from './result/types.ts';
export type { NamedResult } from './run/merge.ts';
export type { Before, FinishedBlock, RunOptions, TransferViews } from './run/run.ts';
export type { KeptRun, KeptRunOptions, ResumeOptions } from './run/store/kept-run.ts';
export type { Target } from './run/targets.ts';
export { LOGIN_CHANNEL, type LoginOutcome, type LoginRecord } from './server/control/login-record.ts';
export { REFUSAL_CHANNEL, type RefusalRecord } from './server/control/refusal-record.ts';
export {
  SESSION_CHANNEL,
  type SessionBegun,
  type SessionEnded,
  type SessionRecord,
  type SessionRefused,
} from './server/control/session-record.ts';
export type { ActiveAddress } from './server/data/active-address.ts';
export type { PortRange } from './server/data/passive-ports.ts';
export {
  DATA_CONNECTION_CHANNEL,
  type DataConnectionRecord,
  type RecordOutcome,
} from './server/data/record.ts';
export type { ServerEvents, ServerListener } from './server/events.ts';
export {
  type ChangeOutcome,
  FILE_CHANGE_CHANNEL,
  type FileChangeRecord,
  type UploadChange,
} from './server/files/change-record.ts';
export type { ServerOptions } from './server/options.ts';
export type { CloseOptions, FtpServer } from './server/server.ts';
export type { BareFin, TlsFacts, TlsPem, TlsPolicy, TlsReuse } from './server/tls/types.ts';
export { type Authenticate, LoginRefused, type LoginRequest } from './server/users/login.ts';
export type { Permissions, User } from './server/users/user.ts';
