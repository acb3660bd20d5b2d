// Checks of what port20 itself stands on: Node, the FFI, the socket table.
import { STRATEGIES } from '../../../binder/strategies/index.ts';
import type { DoctorCheck } from '../../types.ts';
import { subject } from '../check.ts';
import type { Seeing } from '../facts.ts';

const OLDEST_NODE_MAJOR = 20;

export function checkNode({ nodeVersion }: Seeing<'nodeVersion'>): DoctorCheck {
  const node = subject('node', 'Node version');
  const major = Number(/^v(\d+)\./.exec(nodeVersion)?.[1]);
  if (major >= OLDEST_NODE_MAJOR) return node.ok(nodeVersion);
  return node.failure(nodeVersion, `Install Node ${OLDEST_NODE_MAJOR} or newer.`);
}

export function checkFfi({ ffiProblem }: Seeing<'ffiProblem'>): DoctorCheck {
  const ffi = subject('ffi', 'Socket options before bind (FFI)');
  if (ffiProblem === null) return ffi.ok('available');
  return ffi.failure(ffiProblem, `Use --binder ${stockBinders()}, which stock Node can do.`);
}

/** `reuse-addr or ephemeral`, and more of them where Node itself sets more options. */
function stockBinders(): string {
  const names = Object.values(STRATEGIES).flatMap(({ name, worksWithoutFfi }) =>
    worksWithoutFfi ? [name] : [],
  );
  return `${names.slice(0, -1).join(', ')} or ${names.at(-1)}`;
}

export function checkSocketDiag({ socketDiag }: Seeing<'socketDiag'>): DoctorCheck {
  const diag = subject('sock-diag', 'Socket table (sock_diag)');
  if (socketDiag) return diag.ok('available');
  return diag.warning(
    'not available; /proc/net/tcp is read in its place',
    'Expect slower checks, which do not see sockets that are bound and not connected; a sandbox that allows AF_NETLINK cures it.',
  );
}
