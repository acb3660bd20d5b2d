// What a peer needs of this machine, asked before anything is started.
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { errorCodeOf, PreflightError } from '../errors.ts';

const run = promisify(execFile);

/** `peer 'vsftpd' needs root: run as root, or name a running server with --target`. */
export function cannotStart(peer: string, problemAndCure: string, cause?: unknown): PreflightError {
  return new PreflightError(`peer '${peer}' ${problemAndCure}, or name a running server with --target`, {
    cause,
  });
}

export function isRoot(): boolean {
  return process.geteuid?.() === 0;
}

/** @throws PreflightError */
export function requireRoot(peer: string): void {
  if (!isRoot()) throw cannotStart(peer, 'needs root: run as root');
}

/**
 * Sessions of a daemon live in a process namespace: whatever ends its first process, the kernel ends them all.
 * @throws PreflightError where root may not make one, as in a container without the capability, or has no tool for it
 */
export async function requireNamespaces(peer: string): Promise<void> {
  try {
    await run('unshare', ['--pid', '--fork', 'true']);
  } catch (cause) {
    const reason =
      errorCodeOf(cause) === 'ENOENT' ? 'unshare is not installed' : lastLine(String(cause)) || 'refused';
    const cure = 'install util-linux, or add the capability SYS_ADMIN to the container';
    throw cannotStart(peer, `needs a process namespace (${reason}): ${cure}`, cause);
  }
}

/**
 * A trial: the daemons differ in how they say it, and a stranger's greeting must not be taken for the daemon's.
 * @throws PreflightError when `server` cannot be listened on
 */
export async function requireFree(peer: string, server: Endpoint): Promise<void> {
  const trial = createServer();
  trial.listen(server.port, server.address);
  try {
    await once(trial, 'listening');
  } catch (cause) {
    const place = formatEndpoint(server);
    throw new PreflightError(`peer '${peer}' cannot listen on ${place}: ${errorCodeOf(cause)}`, { cause });
  }
  trial.close();
  await once(trial, 'close');
}

const OTHERS_MAY_ENTER = 0o001;
const OTHERS_MAY_READ = 0o004;

/**
 * The daemons look into the root as a user who owns nothing there.
 * @throws PreflightError for a root, or a folder above it, that is closed to others
 */
export async function requireReachable(peer: string, root: string): Promise<void> {
  let wanted = OTHERS_MAY_ENTER | OTHERS_MAY_READ;
  for (let folder = resolve(root); ; folder = dirname(folder), wanted = OTHERS_MAY_ENTER) {
    const { mode } = await stat(folder).catch((cause) => {
      throw new PreflightError(`root '${root}' cannot be served: ${errorCodeOf(cause)}`, { cause });
    });
    if ((mode & wanted) !== wanted) {
      throw new PreflightError(
        `peer '${peer}' cannot serve '${root}': '${folder}' is closed to other users; chmod it, or serve another root`,
      );
    }
    if (folder === dirname(folder)) return;
  }
}

/** The last line that says anything. */
export function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
