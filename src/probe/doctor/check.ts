// How a check says what it found.
import type { CheckStatus, DoctorCheck } from '../types.ts';

/** What one check is about, with the ways to say how it went. */
export interface Subject {
  ok(observed: string): DoctorCheck;
  warning(observed: string, advice: string): DoctorCheck;
  failure(observed: string, advice: string): DoctorCheck;
  /** This system does not tell, which is no fault. */
  unknown(): DoctorCheck;
}

export function subject(id: string, title: string): Subject {
  const found = (status: CheckStatus, observed: string, advice: string): DoctorCheck => ({
    ...{ id, title, status, observed, advice },
  });
  return {
    ok: (observed) => found('ok', observed, ''),
    warning: (observed, advice) => found('warning', observed, advice),
    failure: (observed, advice) => found('failure', observed, advice),
    unknown: () => found('unknown', 'this system does not tell', ''),
  };
}

/** A failure as one line of a preflight: `the limit is 300: raise it (ulimit -n 1264)`. */
export function asOneLine({ observed, advice }: DoctorCheck): string {
  const clause = advice.charAt(0).toLowerCase() + advice.slice(1).replace(/\.$/, '');
  return clause === '' ? observed : `${observed}${observed.includes(': ') ? ';' : ':'} ${clause}`;
}
