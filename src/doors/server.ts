// `port20/server`: the FTP server, and the record that it publishes of every data connection.
export type { Endpoint } from '../address.ts';
export type { BinderName, RetryPreset, RetrySetting } from '../binder/types.ts';
export type { FileCallsSetting } from '../net/disk-patience.ts';
export type { Links } from '../net/tree/types.ts';
export { LOGIN_CHANNEL, type LoginOutcome, type LoginRecord } from '../server/control/login-record.ts';
export { REFUSAL_CHANNEL, type RefusalRecord } from '../server/control/refusal-record.ts';
export {
  SESSION_CHANNEL,
  type SessionBegun,
  type SessionEnded,
  type SessionRecord,
  type SessionRefused,
} from '../server/control/session-record.ts';
export type { ActiveAddress } from '../server/data/active-address.ts';
export type { PortRange } from '../server/data/passive-ports.ts';
export {
  DATA_CONNECTION_CHANNEL,
  type DataConnectionRecord,
  type RecordOutcome,
} from '../server/data/record.ts';
export type { ServerEvents, ServerListener } from '../server/events.ts';
export {
  type ChangeOutcome,
  FILE_CHANGE_CHANNEL,
  type FileChangeRecord,
  type UploadChange,
} from '../server/files/change-record.ts';
export type { ServerOptions } from '../server/options.ts';
export { type CloseOptions, createServer, type FtpServer } from '../server/server.ts';
export type { BareFin, TlsFacts, TlsPem, TlsPolicy, TlsReuse } from '../server/tls/types.ts';
export { type Authenticate, LoginRefused, type LoginRequest } from '../server/users/login.ts';
export type { Permissions, User } from '../server/users/user.ts';
