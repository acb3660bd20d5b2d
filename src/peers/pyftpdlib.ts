// pyftpdlib: one process that serves all sessions; data connections from any port, for it has no setting for that.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ANONYMOUS, type Daemon } from './daemon.ts';
import { debianPackage } from './packages.ts';
import { configured } from './place.ts';
import { cannotStart } from './requirements.ts';

/** Debian's own: the module is made for it, and another Python first on the PATH may have dropped what it imports. */
const PYTHON = '/usr/bin/python3';

export const pyftpdlib: Daemon = {
  needsRoot: false,
  login: ANONYMOUS,
  dataPort: () => null,
  async command(place) {
    if (!existsSync(PYTHON)) throw cannotStart('pyftpdlib', `needs ${PYTHON}: install python3`);
    const { folder, env } = await debianPackage('python3-pyftpdlib', place);
    const { server, root } = place;
    const script = await configured('serve_pyftpdlib.py', place);
    const args = ['-W', 'ignore', script, server.address, String(server.port), root];
    return {
      file: PYTHON,
      args,
      env: { ...env, PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages') },
    };
  },
};
