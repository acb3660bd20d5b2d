// The sheet of a server: for a terminal, as Markdown, and beside others with what was claimed of them.
import { expect, it } from '@jest/globals';
import type { Fingerprint } from '../../../src/probe/types.ts';
import { formatFingerprint, formatFingerprintMarkdown } from '../../../src/report/probe/fingerprint.ts';

const FINGERPRINT: Fingerprint = {
  formatVersion: 1,
  server: { address: '127.0.0.1', port: 2121 },
  traits: [
    {
      id: 'source-port',
      title: 'Source port',
      found: '2120, the control port minus one',
      value: 2120,
      confidence: 'certain',
      evidence: '3 transfers, each to a listener of its own',
    },
    {
      id: 'tries',
      title: 'Tries',
      found: '10',
      value: 10,
      confidence: 'likely',
      evidence: 'it gave up | in time',
    },
    {
      id: 'waits',
      title: 'Waits',
      found: 'could not be told',
      value: null,
      confidence: 'unknown',
      evidence: 'why',
    },
  ],
  notes: ['Something was not tried.'],
};

it('is a sheet in words', () => {
  expect(formatFingerprint(FINGERPRINT, { colour: false, columns: 44 })).toMatchInlineSnapshot(`
"127.0.0.1:2121, as it behaves in active mode

Source port  2120, the control port minus
             one
             3 transfers, each to a listener
             of its own
Tries        10 (likely)
             it gave up | in time
Waits        could not be told
             why

! Something was not tried."
`);
});

it('marks in colour what is not certain', () => {
  const text = formatFingerprint(FINGERPRINT, { colour: true });
  expect(text).toContain('\u001b[33mTries        10 (likely)');
  expect(text).toContain('\u001b[2mWaits');
});

it('is a Markdown table', () => {
  expect(formatFingerprintMarkdown(FINGERPRINT)).toMatchInlineSnapshot(`
"## 127.0.0.1:2121

| trait | found | confidence | how it was found out |
| :-- | :-- | :-- | :-- |
| Source port | 2120, the control port minus one | certain | 3 transfers, each to a listener of its own |
| Tries | 10 | likely | it gave up \\| in time |
| Waits | could not be told | unknown | why |

Something was not tried.
"
`);
});
