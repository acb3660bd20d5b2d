// `port20/server`: the FTP server, and the record that it publishes of every data connection.
export type { Endpoint } from '../address.ts';
export type { BinderName, RetryPreset, RetrySetting } from '../binder/types.ts';
export { LOGIN_CHANNEL, type LoginOutcome, type LoginRecord } from '../server/control/login-record.ts';
export {
  DATA_CONNECTION_CHANNEL,
  type DataConnectionRecord,
  type RecordOutcome,
} from '../server/data/record.ts';
export type { ServerOptions } from '../server/options.ts';
export { createServer, type FtpServer } from '../server/server.ts';
export type { Authenticate, LoginRequest } from '../server/users/login.ts';
export type { Permissions, User } from '../server/users/user.ts';
