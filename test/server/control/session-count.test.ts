// Which addresses count as one, and that what is taken back is taken back once.
import { describe, expect, it } from '@jest/globals';
import { SessionCount } from '../../../src/server/control/session-count.ts';

describe('an address', () => {
  it.each([
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['::ffff:127.0.0.1', '::ffff:127.0.0.2', false],
    ['2001:db8::1', '2001:db8:0:0:ffff:ffff:ffff:ffff', true],
    ['2001:db8::1', '2001:db8:0:1::1', false],
    ['::1', '127.0.0.1', false],
    ['fe80::1%eth0', 'fe80::2', true],
    ['127.0.0.1', undefined, false],
  ])('%s and %s: the same is %p', (one, other, same) => {
    const count = new SessionCount(1);
    expect(count.add(one)).toBeDefined();
    expect(count.add(other) === undefined).toBe(same);
  });

  it('has so many sessions, and again as one is taken back, however often that is said', () => {
    const count = new SessionCount(2);
    const [first, second] = [count.add('::1'), count.add('::1')];
    expect(count.add('::1')).toBeUndefined();
    first?.();
    first?.();
    const third = count.add('::1');
    expect(third).toBeDefined();
    expect(count.add('::1')).toBeUndefined();
    second?.();
    third?.();
    expect([count.add('::1'), count.add('::1'), count.add('::1')].filter(Boolean)).toHaveLength(2);
  });
});
