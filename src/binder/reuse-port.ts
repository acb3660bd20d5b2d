// reuse-port: SO_REUSEPORT. Friedberg's cure; also what Pure-FTPd does.
import { descriptorClaim } from './claims.ts';
import type { Strategy } from './strategy.ts';

export const reusePort: Strategy = {
  name: 'reuse-port',
  options: 'SO_REUSEPORT',
  standsFor: "Friedberg's cure, Pure-FTPd",
  defaultRetry: 'none',
  keepsPort: true,
  worksWithoutFfi: false,
  claim: (local) => descriptorClaim(local, { reusePort: true }),
};
