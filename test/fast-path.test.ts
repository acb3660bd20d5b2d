// Which kernels have the fast path of SO_REUSEADDR, and how sure that is.
import { expect, it } from '@jest/globals';
import { basisInWords, reuseAddrFastPath } from '../src/fast-path.ts';

it.each([
  ['5.10.0-28-amd64', true, 'history'],
  ['6.1.0-56-cloud-amd64', true, 'measured'],
  ['6.6.12', true, 'history'],
  ['6.7.9', true, 'history'],
  ['6.8.0', false, 'history'],
  ['6.11.3-generic', false, 'history'],
  ['6.12.117+deb12-amd64', false, 'measured'],
  ['6.18.44', false, 'measured'],
  ['6.19.0-rc1', false, 'assumed'],
  ['7.0.1', false, 'assumed'],
  ['10.2', false, 'assumed'],
] as const)('Linux %s: %p, %s', (kernel, has, basis) => {
  expect(reuseAddrFastPath('linux', kernel)).toEqual({ has, basis });
});

it('knows nothing of other systems, nor of a release that is none', () => {
  expect(reuseAddrFastPath('freebsd', '14.1-RELEASE')).toBeNull();
  expect(reuseAddrFastPath('linux', 'unknown')).toBeNull();
});

it('says how sure that is', () => {
  expect(basisInWords({ has: false, basis: 'measured' })).toBe('measured on this version');
  expect(basisInWords({ has: false, basis: 'assumed' })).toMatch(/^assumed: 6\.18 is the newest/);
});
