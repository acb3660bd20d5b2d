// Active mode for basic-ftp, which offers passive mode only.
import { type FTPContext, FTPError, type FTPResponse } from 'basic-ftp';
import { type Endpoint, unmapIPv4 } from '../../address.ts';
import { ActiveModeError } from '../active-mode-error.ts';
import { Announcer } from '../announcement.ts';
import { portToTake } from '../data-port.ts';
import { type ActiveModeOptions, fillOptions } from '../options.ts';
import { DataConnection } from './data-connection.ts';
import { listenForData } from './data-listener.ts';

/**
 * A transfer strategy for basic-ftp: `client.prepareTransfer = activeMode()`. Every transfer after it listens on
 * the control connection's own address and has the server connect (PORT or EPRT). One strategy may serve many
 * clients. On a TLS control connection the data connection is TLS too.
 *
 * Listens before it sends a word: where it cannot, the server hears of no PORT. The strategy rejects with an
 * ActiveModeError of phase `listen` then, with basic-ftp's FTPError when the server refuses the PORT, with a UsageError
 * when PORT shall announce an IPv6 address. A transfer whose connection does
 * not come rejects with an ActiveModeError `ETIMEDOUT` or `EBADPEER`, and the client is closed, as basic-ftp does
 * on every timeout. A 4xx or 5xx instead of a connection rejects the transfer and leaves the client usable.
 * @throws UsageError for an option out of range
 */
export function activeMode(options: ActiveModeOptions = {}): (ftp: FTPContext) => Promise<FTPResponse> {
  const settings = fillOptions(options);
  const lastPorts = new WeakMap<FTPContext, number>();
  const announcerOf = announcers(settings.command);

  return async (ftp) => {
    const address = settings.address ?? controlAddressOf(ftp);
    const known = { control: ftp.socket.localPort, last: lastPorts.get(ftp) };
    // What an earlier PORT without a transfer left may still listen on the same port.
    ftp.dataSocket = undefined;
    const listener = await listenForData({ address, port: portToTake(settings.port, known) });
    lastPorts.set(ftp, listener.local.port);
    new DataConnection(ftp, listener, settings);
    try {
      settings.onListening(listener.local);
      return await announce(ftp, announcerOf(ftp), listener.local);
    } catch (error) {
      // Destroys the placeholder, and with it goes the listener.
      ftp.dataSocket = undefined;
      throw error;
    }
  };
}

/** One for each control connection: the server behind the next one may know more. */
function announcers(command: ActiveModeOptions['command']): (ftp: FTPContext) => Announcer {
  const known = new WeakMap<FTPContext['socket'], Announcer>();
  return ({ socket }) => {
    const announcer = known.get(socket) ?? new Announcer(command);
    known.set(socket, announcer);
    return announcer;
  };
}

async function announce(ftp: FTPContext, announcer: Announcer, local: Endpoint): Promise<FTPResponse> {
  try {
    return await ftp.request(announcer.command(local));
  } catch (error) {
    if (!(error instanceof FTPError && announcer.fallsBack(local, error.code))) throw error;
    return ftp.request(announcer.command(local));
  }
}

function controlAddressOf(ftp: FTPContext): string {
  const { localAddress } = ftp.socket;
  if (localAddress === undefined)
    throw new ActiveModeError('control', 'ENOTCONN', 'the control connection is not open');
  return unmapIPv4(localAddress);
}
