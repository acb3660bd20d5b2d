// A local endpoint that nothing is on: no socket of an experiment may meet what another one left behind.
import { randomInt } from 'node:crypto';
import { type Endpoint, familyOf } from '../../address.ts';
import { PreflightError } from '../../errors.ts';
import { SystemCallError } from '../../net/descriptor.ts';
import { RawSocket } from '../../net/raw-socket.ts';

/** Above the privileged ports and below Linux's ephemeral range, from which the kernel takes ports for others. */
const LOWEST_PORT = 10_000;
const HIGHEST_PORT = 32_000;
const TRIES = 50;

/** A free port of the address that `drawAddress` gives. @throws PreflightError */
export function freeEndpoint(drawAddress: () => string): Endpoint {
  for (let tries = 0; tries < TRIES; tries++) {
    const endpoint = { address: drawAddress(), port: randomInt(LOWEST_PORT, HIGHEST_PORT) };
    if (isFree(endpoint)) return endpoint;
  }
  throw new PreflightError(`none of ${TRIES} local ports was free`);
}

/** All of 127/8 is local without set-up (RFC 1122 §3.2.1.3). */
export function randomLoopbackAddress(): string {
  return `127.${randomInt(1, 255)}.${randomInt(0, 256)}.${randomInt(1, 255)}`;
}

/** A bind without options fails beside any other socket, in whatever state: no table needs to be read. */
function isFree(endpoint: Endpoint): boolean {
  const socket = RawSocket.open({ family: familyOf(endpoint.address) });
  try {
    socket.bind(endpoint);
    return true;
  } catch (error) {
    if (error instanceof SystemCallError && error.code === 'EADDRINUSE') return false;
    throw error;
  } finally {
    socket.close();
  }
}
