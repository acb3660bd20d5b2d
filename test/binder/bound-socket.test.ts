// What a claim holds is given back when the hand-over to Node fails: here, a constructor and a connect that throw.
import { Socket } from 'node:net';
import { expect, it } from '@jest/globals';
import { boundSocket } from '../../src/binder/bound-socket.ts';
import type { Claim } from '../../src/binder/strategy.ts';

const LOCAL = { address: '127.0.0.1', port: 2120 };

it.each([
  [
    'the socket cannot be made',
    () => {
      throw Object.assign(new Error('no'), { code: 'EMFILE' });
    },
    { address: '127.0.0.1', port: 1 },
    'EMFILE',
  ],
  [
    'connect refuses its arguments',
    () => new Socket(),
    { address: '127.0.0.1', port: 65_536 },
    'ERR_SOCKET_BAD_PORT',
  ],
] as const)('%s', async (_, intoSocket, remote, code) => {
  let closed = 0;
  const claim: Claim = { local: LOCAL, intoSocket, connectIssued: () => {}, close: () => void closed++ };
  const failure = boundSocket(claim, { bindCalls: 1, waitedMs: 0 }).connect(remote);
  await expect(failure).rejects.toMatchObject({ phase: 'connect', code, local: LOCAL });
  expect(closed).toBeGreaterThan(0);
});
