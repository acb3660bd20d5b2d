// TLS on an accepted data connection: the FTP client stays the TLS client, although it accepted (RFC 4217 §7).
import type { Socket } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import type { FTPContext } from 'basic-ftp';

/** `socket` itself on a plain control connection. Under TLS the session of the control connection is resumed. */
export function secureLikeControl(ftp: FTPContext, socket: Socket): Socket {
  const control = ftp.socket;
  if (!(control instanceof TLSSocket)) return socket;
  const session = ftp.tlsSessionStore ?? control.getSession();
  const secure = connect({ ...ftp.tlsOptions, socket, ...(session && { session }) });
  // TLS 1.3 tickets are for one use: keep the newest for the next data connection, as basic-ftp does.
  return secure.on('session', (ticket) => {
    ftp.tlsSessionStore = ticket;
  });
}
