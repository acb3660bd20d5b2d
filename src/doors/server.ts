// `port20/server`: the FTP server, and the record that it publishes of every data connection.
export type { Endpoint } from '../address.ts';
export type { BinderName, RetryPreset, RetrySetting } from '../binder/types.ts';
export {
  DATA_CONNECTION_CHANNEL,
  type DataConnectionRecord,
  type RecordOutcome,
} from '../server/data/record.ts';
export type { ServerOptions } from '../server/options.ts';
export { createServer, type FtpServer } from '../server/server.ts';
