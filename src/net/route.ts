// Which of this machine's addresses the kernel would use towards another one.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { familyOf } from '../address.ts';

/** Any: nothing is sent. */
const PORT = 9;

/** A connected datagram socket sends nothing, but knows the route. Rejects with the errno where there is none. */
export async function routeAddress(to: string): Promise<string> {
  const socket = createSocket(familyOf(to) === 6 ? 'udp6' : 'udp4');
  try {
    socket.connect(PORT, to);
    await once(socket, 'connect');
    return socket.address().address;
  } finally {
    socket.close();
  }
}
