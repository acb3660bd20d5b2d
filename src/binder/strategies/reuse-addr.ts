// reuse-addr: SO_REUSEADDR. Solaris's way; also what vsftpd and stock Node do.
import { ffiAvailable } from '../../net/libc.ts';
import { descriptorClaim, stockClaim } from '../claims.ts';
import type { Strategy } from '../strategy.ts';

export const reuseAddr: Strategy = {
  name: 'reuse-addr',
  note: "Solaris's way, vsftpd, stock Node",
  caution: null,
  options: ['SO_REUSEADDR'],
  holdsPort: 'never',
  defaultRetry: 'none',
  keepsPort: true,
  worksWithoutFfi: true,
  claim: (local) => (ffiAvailable() ? descriptorClaim(local, { reuseAddr: true }) : stockClaim(local)),
};
