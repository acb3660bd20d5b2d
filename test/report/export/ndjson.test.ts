// One line a transfer: flat, always with the same keys, and true to both views.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatAttempt } from '../../../src/report/export/ndjson.ts';
import type { Outcome } from '../../../src/result/outcome.ts';
import { attempt, BIND_IN_USE, DATA, RECORD_IN_USE, record } from '../../run/samples.ts';

const BLOCK = {
  scenario: 'small-files',
  contestant: 'reuse-port',
  binder: 'reuse-port',
  block: 3,
  warmUp: false,
} as const;

function read(line: string): Record<string, unknown> {
  expect(line.indexOf('\n')).toBe(line.length - 1);
  return JSON.parse(line);
}

describe('formatAttempt', () => {
  it('tells both views of a transfer', () => {
    expect(read(formatAttempt({ ...BLOCK, attempt: attempt(7), record: record(7) }))).toEqual({
      ...BLOCK,
      ...{ index: 7, session: 0, command: 'RETR', scheduledAtMs: 7, startedAtMs: 7, endedAtMs: 8 },
      ...{ bytes: 4096, hash: '', replyCode: 226, outcome: 'completed' },
      ...{
        clientAddress: '127.1.1.1',
        clientPort: 40_007,
        serverAddress: DATA.address,
        serverPort: DATA.port,
      },
      ...{
        serverPid: 1,
        serverStartedAtMs: 7.2,
        serverEndedAtMs: 7.8,
        serverBindCalls: 1,
        serverWaitedMs: 0,
      },
      ...{ serverBindMs: 0.1, serverWindowMs: 0.05, serverConnectMs: 0.1, serverTransferMs: 0.4 },
      ...{ serverBytes: 4096, serverOutcome: 'completed' },
    });
  });

  it.each<[Outcome, string]>([
    [BIND_IN_USE, 'bind.EADDRINUSE'],
    [{ kind: 'ftp-reply', replyCode: 550 }, 'reply.550'],
    [{ kind: 'timed-out', phase: 'connect' }, 'timeout.connect'],
    [{ kind: 'cancelled' }, 'cancelled'],
    [{ kind: 'dropped' }, 'dropped'],
  ])('names the outcome %j as the result does', (outcome, name) => {
    expect(read(formatAttempt({ ...BLOCK, attempt: attempt(1, outcome), record: null })).outcome).toBe(name);
  });

  it.each([
    [RECORD_IN_USE, 'bind.EADDRINUSE'],
    [{ kind: 'aborted', phase: 'transfer' } as const, 'aborted.transfer'],
  ])("names the server's outcome %j", (outcome, name) => {
    const line = formatAttempt({ ...BLOCK, attempt: attempt(1, BIND_IN_USE), record: record(1, outcome) });
    expect(read(line).serverOutcome).toBe(name);
  });

  it('marks what is not counted', () => {
    const line = formatAttempt({ ...BLOCK, warmUp: true, attempt: attempt(1), record: null });
    expect(read(line).warmUp).toBe(true);
  });

  it('has the same keys in the same order whatever is known', () => {
    const full = formatAttempt({ ...BLOCK, attempt: attempt(1), record: record(1) });
    const unknown = { replyCode: undefined, local: undefined, remote: undefined };
    const bare = formatAttempt({ ...BLOCK, attempt: attempt(1, { kind: 'dropped' }, unknown), record: null });
    expect(Object.keys(read(bare))).toEqual(Object.keys(read(full)));
    expect(Object.values(read(bare))).not.toContain(undefined);
  });

  it('is one line whatever the names are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (contestant) => {
        expect(read(formatAttempt({ ...BLOCK, contestant, attempt: attempt(1), record: null })).block).toBe(
          3,
        );
      }),
    );
  });
});
