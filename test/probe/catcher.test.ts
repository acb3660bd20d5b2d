// What arrives where the probe listens: all of it counted, and no more of it kept than a machine bears.
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { Catcher } from '../../src/probe/server/catcher.ts';
import { inScope } from '../../src/probe/server/scope.ts';
import { ownAddress } from '../support/loopback.ts';

const MIB = 1024 * 1024;

it('of data without end the beginning is kept', () =>
  inScope(undefined, async (scope) => {
    const { local, arrivals } = await Catcher.listen(ownAddress(), scope);
    const sender = connect({ host: local.address, port: local.port });
    for (let i = 0; i < 70; i++) sender.write(Buffer.alloc(MIB, 'x'));
    sender.end();
    const arrival = await scope.until(() => arrivals[0], 60_000);
    arrival?.read();
    await scope.until(() => arrival?.ended || undefined, 60_000);
    expect(arrival?.bytes).toBe(70 * MIB);
    expect(arrival?.content.length).toBeGreaterThanOrEqual(64 * MIB);
    expect(arrival?.content.length).toBeLessThan(66 * MIB);
    sender.destroy();
  }));
