// What can be known before the first client comes: the root is a folder, the data port may be had.
import { opendir, stat } from 'node:fs/promises';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { createBinder } from '../binder/binders.ts';
import { errorCodeOf, PreflightError, UsageError } from '../errors.ts';
import { readSocketsMeeting, socketTableAvailable } from '../net/socket-table.ts';
import { dataPortOf } from './data-port.ts';
import type { FilledServerOptions } from './options.ts';

/**
 * R_OK and X_OK by trying: access(2) would ask for the real user, and the server works as the effective one.
 * @throws UsageError
 */
export async function checkRoot(root: string): Promise<void> {
  try {
    await (await opendir(root)).close();
    await stat(`${root}/.`); // opening a folder takes no right to search it, a path through it does
  } catch (cause) {
    const errorCode = errorCodeOf(cause);
    const reason = errorCode === 'ENOTDIR' ? 'is not a folder' : `cannot be served: ${errorCode}`;
    throw new UsageError(`root '${root}' ${reason}`, { cause });
  }
}

/** Of every address that is listened on: each has its data port. @throws as checkDataPort */
export async function checkDataPorts(
  options: FilledServerOptions,
  addresses: readonly Endpoint[],
): Promise<void> {
  for (const { address, port } of addresses) {
    await checkDataPort(options, { address, port: dataPortOf(options, port) });
  }
}

/**
 * One trial bind of the data port, so that a missing privilege or a port that another program listens on shows now,
 * and not as a 425 to every client. A port in use for a connection or in TIME_WAIT proves nothing: it may be free
 * when the first client comes.
 * @throws PreflightError, and what the binder throws where this platform cannot set its options
 */
export async function checkDataPort({ binder }: FilledServerOptions, local: Endpoint): Promise<void> {
  try {
    (await createBinder(binder, { retry: 'none' }).bind(local)).close();
  } catch (error) {
    const code = errorCodeOf(error);
    const place = `data port ${formatEndpoint(local)}`;
    if (code === 'ERR_FFI_UNAVAILABLE') throw error;
    if (code === 'EACCES') {
      throw new PreflightError(
        `the ${place} is privileged: start as root or with CAP_NET_BIND_SERVICE, or choose a data port from 1024 on`,
        { cause: error },
      );
    }
    if (code === 'EADDRINUSE' && isListenedOn(local)) {
      throw new PreflightError(
        `the ${place} is taken: another program listens on it; stop it, or choose another data port`,
        { cause: error },
      );
    }
  }
}

function isListenedOn(local: Endpoint): boolean {
  return socketTableAvailable() && readSocketsMeeting(local, ['LISTEN']).length > 0;
}
