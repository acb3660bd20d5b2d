// Which agents carry a run: each that cannot is told why, and none of them keeps the others from it.
import { describe, expect, it } from '@jest/globals';
import { type Reached, sortOut, type Wanted } from '../../src/engine/redis/find-agents.ts';
import type { Registration } from '../../src/engine/redis/messages.ts';
import { VERSION } from '../../src/version.ts';

const NETWORK = ['127.0.0.0/8', '10.0.0.0/8'];

function agent(name: string, address: string, from?: string, more: Partial<Registration> = {}): Reached {
  const own: Registration = {
    ...{ protocol: 1, version: VERSION, name, instance: name, addresses: [address], allow: NETWORK },
    ...{ cores: 2, descriptorLimit: null, kernel: 'k', node: 'v', draining: false, ...more },
  };
  return { agent: own, from, ...(from === undefined && { problem: `cannot be reached at ${address}` }) };
}

const WANTED: Wanted = { targets: [], servers: 'any', sessions: 10, isSilent: () => false };
const HERE = '127.0.0.1';
const names = (found: readonly Registration[]) => found.map(({ name }) => name);

describe('sortOut', () => {
  it.each([
    ['on this machine', [agent('a', HERE, HERE), agent('b', HERE, HERE)], HERE],
    ['elsewhere', [agent('a', '10.0.0.5', '10.0.0.1'), agent('b', '10.0.0.6', '10.0.0.1')], '10.0.0.1'],
  ])('has the servers where agents %s reach them', (_, agents, server) => {
    expect(sortOut(agents, WANTED)).toMatchObject({ server, unfit: [] });
  });

  it.each([
    ['that no route leads to', agent('0', 'fe80::1')],
    ['of a network of its own', agent('0', '192.0.2.7', '192.0.2.1', { allow: ['192.0.2.0/24'] })],
    ['of another family', agent('0', '2001:db8::7', '2001:db8::1')],
  ])('leaves out a stray registration %s, and nobody else', (_, stray) => {
    for (const [address, from] of [
      [HERE, HERE],
      ['10.0.0.5', '10.0.0.1'],
    ] as const) {
      const { fit, unfit, server } = sortOut(
        [stray, agent('a', address, from), agent('b', address, from)],
        WANTED,
      );
      expect(names(fit)).toEqual(['a', 'b']);
      expect(unfit).toHaveLength(1);
      expect(server).toBe(from);
    }
  });

  it('stays where the servers are, whoever comes', () => {
    const far = [agent('a', '10.0.0.5', '10.0.0.1'), agent('b', '10.0.0.6', '10.0.0.1')];
    const { fit, unfit } = sortOut([...far, agent('c', HERE, HERE)], { ...WANTED, servers: { at: HERE } });
    expect(names(fit)).toEqual(['c']);
    expect(unfit[0]).toMatch(
      /^agent a \(10\.0\.0\.5\) is on another machine, whose 127\.0\.0\.1 is another server$/,
    );
  });

  it('takes an agent of this machine that is reached at another of its addresses', () => {
    const own = agent('a', '10.0.0.1', '10.0.0.1');
    expect(names(sortOut([own], { ...WANTED, servers: { at: HERE } }).fit)).toEqual(['a']);
  });

  it.each<[string, Partial<Registration>, RegExp]>([
    ['another version', { version: '0.0.1' }, /is port20 0\.0\.1, this is /],
    ['an end', { draining: true }, /is ending/],
    ['networks of its own', { allow: ['192.0.2.0/24'] }, /does not load 10\.0\.0\.1: start it with --allow/],
    ['too few descriptors', { descriptorLimit: 90 }, /may open 90 files, and 10 sessions take 94/],
    ['no address', { addresses: [HERE, '2001:db8::7'] }, /is reached at .* alone, and not from 10\.0\.0\.1/],
  ])('says of an agent with %s why it does not fit', (_, more, why) => {
    const { fit, unfit } = sortOut([agent('a', '10.0.0.5', '10.0.0.1', more)], WANTED);
    expect(fit).toEqual([]);
    expect(unfit).toEqual([expect.stringMatching(why)]);
  });

  it('leaves one out that lost its shard by silence, as long as it is silent', () => {
    const agents = [agent('a', HERE, HERE), agent('b', HERE, HERE)];
    const { fit, unfit } = sortOut(agents, { ...WANTED, isSilent: (instance) => instance === 'a' });
    expect(names(fit)).toEqual(['b']);
    expect(unfit).toEqual(['agent a (127.0.0.1) was not heard of a moment ago']);
  });

  it('asks for no way to agents whose servers are targets elsewhere', () => {
    const wanted = { ...WANTED, servers: 'none', targets: ['10.9.9.9'] } as const;
    expect(names(sortOut([agent('a', '10.0.0.5')], wanted).fit)).toEqual(['a']);
  });
});
