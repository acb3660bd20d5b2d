// What a client asked for, for tests of what becomes of it.
import type { Asked } from '../../src/server/data/measurement.ts';

export const ASKED: Asked = {
  server: 1,
  session: 2,
  user: 'anonymous',
  peer: { address: '127.9.9.9', port: 50_000 },
  command: 'RETR',
  path: '/folder/file',
  direction: 'out',
  type: 'I',
  restartBytes: 0,
};
