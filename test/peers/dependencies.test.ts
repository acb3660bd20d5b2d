// Reading what apt-cache and dpkg-query print.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { installedPackages, missingPackages } from '../../src/peers/dependencies.ts';

const TREE = `vsftpd
 |Depends: debconf
  Depends: <debconf-2.0>
    cdebconf
    debconf
  Depends: libc6
  Depends: libwrap0
  Depends: adduser
  PreDepends: libpre1
debconf
  Depends: libdebconf1
libwrap0
  Depends: libc6
 |Depends: libnsl2
  Depends: libnsl-alternative
libnsl2
  Depends: libtirpc3
  Depends: libwrap0
python3-pyftpdlib
  Depends: <python3:any>
    python3
  Depends: python3-pyasyncore
`;

describe('missingPackages', () => {
  it('follows libraries alone, and those that are not installed', () => {
    expect(missingPackages('vsftpd', TREE, new Set(['libc6', 'libnsl-alternative']))).toEqual([
      'vsftpd',
      'libwrap0',
      'libpre1',
      'libnsl2',
      'libtirpc3',
    ]);
    expect(missingPackages('vsftpd', TREE, new Set(['libc6', 'libpre1', 'libwrap0']))).toEqual(['vsftpd']);
  });

  it('takes Python modules, but not Python', () => {
    expect(missingPackages('python3-pyftpdlib', TREE, new Set())).toEqual([
      'python3-pyftpdlib',
      'python3-pyasyncore',
    ]);
  });

  it('ends for any tree, with no name twice and none that is installed', () => {
    const name: fc.Arbitrary<string> = fc.constantFrom('liba', 'libb', 'libc', 'python3-d', 'e');
    const line = fc.oneof(
      name,
      name.map((one) => `  Depends: ${one}`),
      name.map((one) => ` |PreDepends: ${one}`),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), fc.uniqueArray(name), (lines, installed) => {
        const [first, ...others] = missingPackages('e', lines.join('\n'), new Set(installed));
        expect(first).toBe('e');
        expect(new Set(others).size).toBe(others.length);
        expect(others.filter((one) => installed.includes(one) || !lines.join('\n').includes(one))).toEqual(
          [],
        );
      }),
    );
  });
});

it('installedPackages tells installed ones from removed ones', () => {
  expect(installedPackages('installed libc6\nconfig-files vsftpd\ninstalled zlib1g\n')).toEqual(
    new Set(['libc6', 'zlib1g']),
  );
});
