// What an operator is told about a 425: something for every step and reason, and the right thing for the known ones.
import { constants } from 'node:os';
import { describe, expect, it } from '@jest/globals';
import { BINDER_NAMES } from '../../../src/binder/types.ts';
import { adviceOn, type Failed425 } from '../../../src/server/operation/advice.ts';

const STEPS = ['bind', 'connect', 'listen', 'accept'] as const;

const advice = (step: Failed425['step'], code: string, binder: Failed425['binder'] = 'reuse-port') =>
  adviceOn({ step, code, binder, port: 20 });

describe('advice on a 425', () => {
  it('is one sentence for every step, reason and binder', () => {
    const all = STEPS.flatMap((step) =>
      [...Object.keys(constants.errno), 'ABORTED', 'UNKNOWN', ''].flatMap((code) =>
        [...BINDER_NAMES, 'passive' as const].map((binder) => advice(step, code, binder)),
      ),
    );
    for (const text of all) expect(text).toMatch(/^[a-z-][^\n]{30,}[^.\n]$/);
  });

  it.each([
    ['bind', 'EACCES', 'CAP_NET_BIND_SERVICE'],
    ['bind', 'EADDRNOTAVAIL', 'interfaces'],
    ['bind', 'EMFILE', 'LimitNOFILE'],
    ['connect', 'ETIMEDOUT', 'port 20'],
    ['connect', 'ECONNREFUSED', 'passive mode'],
    ['connect', 'EHOSTUNREACH', 'routes'],
    ['connect', 'ENETUNREACH', 'routes'],
    ['connect', 'EADDRNOTAVAIL', '--connect-retry'],
    ['connect', 'EPERM', 'local firewall'],
    ['listen', 'EADDRINUSE', 'range of passive ports'],
    ['accept', 'ETIMEDOUT', 'firewall before this server'],
  ] as const)('%s %s: %s', (step, code, text) => {
    expect(advice(step, code)).toContain(text);
  });

  it('of a port in use tells each binder its own way out, and how to find who has it', () => {
    expect(advice('bind', 'EADDRINUSE', 'legacy')).toContain('--binder reuse-port');
    expect(advice('bind', 'EADDRINUSE', 'reuse-port')).toContain('--binder reuse-both');
    const texts = BINDER_NAMES.filter((name) => name !== 'ephemeral').map((name) =>
      advice('bind', 'EADDRINUSE', name),
    );
    expect(new Set(texts).size).toBe(texts.length);
    for (const text of texts) expect(text).toContain("ss -tanp 'sport = :20'");
  });
});
