// From a claimed local address to a connection: the one place where connect(2) is issued.
import type { Socket } from 'node:net';
import type { Endpoint } from '../address.ts';
import { DataConnectionError, errorCodeOf } from '../errors.ts';
import type { Claim } from './strategy.ts';
import type { BoundSocket } from './types.ts';

/** Our own guard: the connection came up, but not from the address that was bound. */
const WRONG_LOCAL_PORT = 'EWRONGLOCALPORT';

export function boundSocket(claim: Claim, bound: { bindCalls: number; waitedMs: number }): BoundSocket {
  const { local } = claim;
  return {
    local,
    ...bound,
    connect: (remote, signal) => connect(claim, remote, bound, signal),
    close: () => claim.close(),
  };
}

function connect(
  claim: Claim,
  remote: Endpoint,
  bound: { bindCalls: number; waitedMs: number },
  signal: AbortSignal | undefined,
): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const fail = (code: string, cause: unknown, phase: 'bind' | 'connect' = 'connect') => {
      claim.close();
      const failure = { phase, errorCode: code, local: claim.local, remote, ...bound };
      reject(new DataConnectionError(failure, { cause }));
    };
    if (signal?.aborted) return fail('ABORTED', signal.reason);
    let socket: Socket;
    try {
      socket = claim.intoSocket();
    } catch (error) {
      return fail(errorCodeOf(error), error); // the descriptor is still the claim's
    }
    const giveUp = (code: string, cause: unknown, phase?: 'bind' | 'connect') => {
      settle();
      socket.on('error', () => {}); // a late error of a socket that is already given up
      socket.destroy();
      fail(code, cause, phase);
    };
    const onAbort = () => giveUp('ABORTED', signal?.reason);
    const onError = (error: Error) => {
      const inBind = (error as NodeJS.ErrnoException).syscall === 'bind';
      giveUp(errorCodeOf(error), error, inBind ? 'bind' : 'connect');
    };
    const onConnect = () => {
      const wanted = claim.local.port;
      if (wanted !== 0 && socket.localPort !== wanted) return giveUp(WRONG_LOCAL_PORT, undefined);
      settle();
      socket.pause(); // a FIN or early bytes wait for the new owner's listeners
      resolve(socket);
    };
    const settle = () => {
      socket.off('error', onError).off('connect', onConnect);
      signal?.removeEventListener('abort', onAbort);
      claim.connectIssued();
    };
    socket.once('error', onError).once('connect', onConnect);
    signal?.addEventListener('abort', onAbort, { once: true });
    // An IP literal: a host name would be resolved first and could get a new handle, without our binding.
    try {
      const to = { host: remote.address, port: remote.port };
      // Written so since a spread of nothing takes a detour through the engine, and this is done for every transfer.
      socket.connect(claim.connectOptions === undefined ? to : { ...to, ...claim.connectOptions });
    } catch (error) {
      return giveUp(errorCodeOf(error), error);
    }
    // Node issues connect(2) on the next tick; this one is queued behind it, so by then it has happened.
    process.nextTick(() => claim.connectIssued());
  });
}
