// The kernel probe from the command line in its other forms.
import { expect, it } from '@jest/globals';
import type { KernelReport } from '../../src/probe/types.ts';
import { run } from './port20.ts';

it('as Markdown and JSON', async () => {
  expect((await run(['probe', '--format', 'md'])).stdout).toMatch(/^\| holder's state/m);
  const report: KernelReport = JSON.parse((await run(['probe', '--json'])).stdout);
  expect(report).toMatchObject({ formatVersion: 1, host: { platform: 'linux' } });
  expect(report.truthTable).toHaveLength(2 * 6 * 4 * 4);
});
