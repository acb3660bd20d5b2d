// One log line a data connection, for as long as it is asked for.
import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import {
  type DataConnectionRecord,
  publishRecord,
  type RecordOutcome,
} from '../../../src/server/data/record.ts';
import { logRecords } from '../../../src/server/operation/log-record.ts';

function record(outcome: RecordOutcome): DataConnectionRecord {
  return {
    binder: 'legacy',
    pid: 1,
    session: 2,
    command: 'RETR',
    local: { address: '::1', port: 2120 },
    remote: { address: '::1', port: 40_000 },
    startedAtMs: 0,
    endedAtMs: 3,
    bindCalls: 11,
    waitedMs: 1,
    bindMs: 1,
    connectMs: 1,
    windowMs: 0.5,
    transferMs: 1,
    bytes: 10,
    outcome,
  };
}

describe('logRecords', () => {
  it('writes the addresses, the outcome and a sentence, and stops when told to', () => {
    const lines: Record<string, unknown>[] = [];
    const stop = logRecords(pino({ base: null }, { write: (line) => void lines.push(JSON.parse(line)) }));
    publishRecord(record({ kind: 'completed' }));
    publishRecord(record({ kind: 'failed', phase: 'bind', code: 'EADDRINUSE' }));
    publishRecord(record({ kind: 'aborted', phase: 'transfer' }));
    stop();
    publishRecord(record({ kind: 'completed' }));
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([
      [30, 'RETR completed, 10 bytes'],
      [40, 'RETR failed in bind: EADDRINUSE'],
      [30, 'RETR aborted in transfer'],
    ]);
    expect(lines[0]).toMatchObject({
      binder: 'legacy',
      local: '[::1]:2120',
      remote: '[::1]:40000',
      bindCalls: 11,
    });
  });
});
