// Which packages a Debian package needs besides those that are installed: read from what apt-cache prints.

/** Libraries and Python modules. What else a package depends on is for installing it, and it is only unpacked. */
const USED_AT_RUN_TIME = /^(?:lib|python3-)/;

/** Virtual packages are in `<>`, and one of several alternatives has a `|` before it. */
const DEPENDENCY = /^ [ |](?:Pre)?Depends: ([^\s<>:]+)/;
const PACKAGE = /^[^\s<>]+$/;

/**
 * @param dependencies the output of `apt-cache depends --recurse`: a line for each package, and its dependencies,
 *   indented, as `Depends: libc6`, below it
 * @returns names of packages, `name` first
 */
export function missingPackages(
  name: string,
  dependencies: string,
  installed: ReadonlySet<string>,
): string[] {
  const needs = readDependencies(dependencies);
  const missing = new Set([name]);
  // A Set's iteration reaches what is added meanwhile.
  for (const one of missing) {
    for (const needed of needs.get(one) ?? []) {
      if (USED_AT_RUN_TIME.test(needed) && !installed.has(needed)) missing.add(needed);
    }
  }
  return [...missing];
}

function readDependencies(text: string): ReadonlyMap<string, readonly string[]> {
  const needs = new Map<string, string[]>();
  let current: string[] = [];
  for (const line of text.split('\n')) {
    const dependency = DEPENDENCY.exec(line)?.[1];
    if (dependency !== undefined) current.push(dependency);
    if (!PACKAGE.test(line)) continue;
    current = [];
    needs.set(line, current);
  }
  return needs;
}

/** Names of installed packages from `dpkg-query -W -f '${db:Status-Status} ${Package}\n'`. */
export function installedPackages(text: string): ReadonlySet<string> {
  const lines = text.split('\n').map((line) => line.split(' '));
  return new Set(lines.filter(([status]) => status === 'installed').map(([, name = '']) => name));
}
