// Checks of what port20 itself stands on: Node, the FFI, the socket table.
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
  return ffi.failure(ffiProblem, 'Use --binder reuse-addr or ephemeral, which stock Node can do.');
}

export function checkSocketDiag({ socketDiag }: Seeing<'socketDiag'>): DoctorCheck {
  const diag = subject('sock-diag', 'Socket table (sock_diag)');
  if (socketDiag) return diag.ok('available');
  return diag.warning(
    'not available; /proc/net/tcp is read in its place',
    'Expect slower checks, which do not see sockets that are bound and not connected; a sandbox that allows AF_NETLINK cures it.',
  );
}
