// legacy: no socket option. On Linux the port is held through the transfer and 60 s of TIME_WAIT.
import { descriptorClaim } from '../claims.ts';
import type { Strategy } from '../strategy.ts';

export const legacy: Strategy = {
  name: 'legacy',
  note: "the try-10-times hack under Linux's own rule",
  caution: null,
  options: [],
  holdsPort: 'through-time-wait',
  defaultRetry: 'bsd',
  keepsPort: true,
  worksWithoutFfi: false,
  claim: (local) => descriptorClaim(local, {}),
};
