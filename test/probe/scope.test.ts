// What an experiment waits for: found although this process was held up, and nothing once the time is over.
import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from '@jest/globals';
import { inScope } from '../../src/probe/server/scope.ts';
import { listeningPeer, ownAddress } from '../support/loopback.ts';

it('what arrived while this process was held up is found, however long that was', async () => {
  const peer = await listeningPeer(ownAddress());
  const client = connect({ host: peer.endpoint.address, port: peer.endpoint.port });
  const accepted = await peer.accepted();
  await once(accepted.resume().end('answer'), 'finish');
  const found = await inScope(undefined, (scope) => {
    let answer: string | undefined;
    client.once('data', (data) => {
      answer = String(data);
      scope.changed();
    });
    const waiting = scope.until(() => answer, 50);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200); // the timer is due before the socket is read
    return waiting;
  });
  client.destroy();
  await peer.close();
  expect(found).toBe('answer');
});

it('nothing is found when nothing comes', () =>
  inScope(undefined, async (scope) => {
    expect(await scope.until(() => undefined, 5)).toBeUndefined();
  }));

it('a signal ends the wait with its reason', () =>
  inScope(AbortSignal.abort(new Error('enough')), async (scope) => {
    await expect(scope.until(() => undefined, 3_600_000)).rejects.toThrow('enough');
  }));
