// More fingerprints of our own server: the other binders, another banner, and an end late in the probe.
import { describe, expect, it } from '@jest/globals';
import { fingerprintServer } from '../../src/probe/server/fingerprint.ts';
import { serving } from '../server/serving.ts';
import { openDescriptors } from '../support/loopback.ts';
import { expectTold } from './binder-traits.ts';
import { ANONYMOUS } from './fingerprinting.ts';
import { startProxy } from './proxy.ts';

it.each(['legacy-bsd', 'reuse-addr', 'reuse-both'] as const)(
  'the binder %s is told by what it does',
  expectTold,
);

it('reads nothing from the banner: behind a proxy that has another one the sheet is the same', () =>
  serving({ binder: 'reuse-both', retry: 'none' }, async ({ address }) => {
    const proxy = await startProxy(address, {
      220: '220 (vsFTPd 3.0.3)',
      215: '215 Windows_NT version 5.0',
    });
    try {
      const plain = await fingerprintServer({ server: address, ...ANONYMOUS });
      const rewritten = await fingerprintServer({ server: proxy.endpoint, ...ANONYMOUS, dataPort: 2120 });
      expect(proxy.rewritten).toBeGreaterThan(10);
      // The proxy has a control port of its own; everything else is the server's.
      const sheet = ({ traits }: typeof plain) =>
        traits.map(({ found, ...rest }) => ({ ...rest, found: found.split(',')[0] }));
      expect(sheet(rewritten)).toEqual(sheet(plain));
    } finally {
      await proxy.close();
    }
  }));

describe('ended in the middle', () => {
  it.each(['transfers', 'while', 'how long'])('at "%s" it leaves nothing open', (at) =>
    serving({ binder: 'reuse-addr', retry: 'bsd' }, async ({ address, server }) => {
      const before = openDescriptors();
      const stop = new AbortController();
      const reason = new Error('stopped');
      const onProgress = (what: string) => {
        if (what.includes(at)) setImmediate(() => stop.abort(reason));
      };
      const probing = fingerprintServer(
        { server: address, ...ANONYMOUS },
        { signal: stop.signal, onProgress },
      );
      await expect(probing).rejects.toBe(reason);
      await server.close();
      expect(openDescriptors()).toBeLessThan(before); // less by the server's own listener
    }),
  );
});
