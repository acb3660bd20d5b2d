// Whether a kernel binds with SO_REUSEADDR alone by a fast path, or walks every socket on the port: by its version.

/** Versions at which `port20 probe --cost` was run, and what it found (src/probe/README.md). */
const MEASURED: Readonly<Record<string, boolean>> = { '6.1': true, '6.12': false, '6.18': false };
/** The series that lost it was merged for this one (commits 822fb91fc724 and 8002d44fe84d). */
const LOST_IN: Version = [6, 8];
const NEWEST_MEASURED: Version = [6, 18];

type Version = readonly [major: number, minor: number];

export interface FastPath {
  readonly has: boolean;
  /**
   * `measured`: on this major and minor version; `history`: by when the series was merged, with measurements on both
   * sides; `assumed`: newer than any that was measured. A vendor may have taken the series into an older kernel.
   */
  readonly basis: 'measured' | 'history' | 'assumed';
}

/** @param kernel the release as uname(2) gives it, `6.12.117+deb12-amd64`. @returns null where nothing is known */
export function reuseAddrFastPath(platform: string, kernel: string): FastPath | null {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernel) ?? [];
  if (platform !== 'linux' || major === undefined || minor === undefined) return null;
  const measured = MEASURED[`${major}.${minor}`];
  if (measured !== undefined) return { has: measured, basis: 'measured' };
  const version: Version = [Number(major), Number(minor)];
  return {
    has: isBefore(version, LOST_IN),
    basis: isBefore(NEWEST_MEASURED, version) ? 'assumed' : 'history',
  };
}

/** How sure that is, for the end of a sentence. */
export function basisInWords({ basis }: FastPath): string {
  switch (basis) {
    case 'measured':
      return 'measured on this version';
    case 'history':
      return 'by when the change was merged, for 6.8; measured on 6.1, 6.12 and 6.18';
    case 'assumed':
      return 'assumed: 6.18 is the newest that was measured';
    default:
      return basis satisfies never;
  }
}

function isBefore([major, minor]: Version, [otherMajor, otherMinor]: Version): boolean {
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
