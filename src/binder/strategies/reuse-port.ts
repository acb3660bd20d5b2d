// reuse-port: SO_REUSEPORT. Friedberg's cure; also what Pure-FTPd does.
import { descriptorClaim } from '../claims.ts';
import type { Strategy } from '../strategy.ts';

export const reusePort: Strategy = {
  name: 'reuse-port',
  note: "Friedberg's cure, Pure-FTPd",
  caution: null,
  options: ['SO_REUSEPORT'],
  holdsPort: 'never',
  defaultRetry: 'none',
  keepsPort: true,
  worksWithoutFfi: false,
  claim: (local) => descriptorClaim(local, { reusePort: true }),
};
