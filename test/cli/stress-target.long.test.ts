// More runs against servers that run already: other directions, beside our binders, by the rule of a firewall.
import { describe, expect, it } from '@jest/globals';
import { strategy } from './stressing.ts';
import { measured, served } from './targets.ts';

describe('a server that runs already', () => {
  it('takes uploads and lists without a file being named', async () => {
    const host = await served('--write');
    for (const direction of ['stor', 'list']) {
      const target = strategy(await measured(`ftp://${host}`, '--direction', direction), host);
      expect(target.failed).toBe(0);
      expect(target.completed).toBeGreaterThan(0);
    }
  });

  it('stands beside our own binders, and twice beside itself', async () => {
    const host = await served();
    const urls = `ftp://${host}/file,ftp://${host}/file`;
    const result = await measured(urls, '--binder', 'reuse-port', '--baseline', host);
    expect(result.strategies.map(({ binder, kind }) => [binder, kind])).toEqual([
      ['reuse-port', 'binder'],
      [host, 'target'],
      [`${host}#2`, 'target'],
    ]);
    expect(result.comparisons.map(({ baseline, candidate }) => [baseline, candidate])).toEqual([
      [host, 'reuse-port'],
      [host, `${host}#2`],
    ]);
  });

  it('with --require-data-port fails what comes from elsewhere', async () => {
    const host = await served('--binder', 'ephemeral');
    const target = strategy(await measured(`ftp://${host}/file`, '--require-data-port'), host);
    expect(target.completed).toBe(0);
    expect(target.failures).toEqual({ 'connect.wrong-source': target.offered });
  });
});
