// What comes out of a queue is believed only in the form that was agreed: a job is a plan's block, and nothing that runs.
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  jobSchema,
  orderSchema,
  packMessage,
  parsedBy,
  readMessage,
  registrationSchema,
} from '../../src/engine/redis/messages.ts';
import {
  admits,
  canBeDialled,
  clientAddresses,
  LOOPBACK,
  networkProblem,
} from '../../src/engine/redis/networks.ts';

const JOB = {
  ...{ protocol: 1, run: 'r-1', token: 't-1', plan: 'a'.repeat(64) },
  block: { scenario: 'open', contestant: 'reuse-port', index: 0 },
  shard: { index: 0, of: 4 },
  server: { address: '127.0.0.1', port: 2121 },
  dataPort: 2120,
  files: [{ value: { path: 'file-4KiB', bytes: 4096, hash: '' }, weight: 1 }],
  ...{ uploadFolder: 'uploads/', login: null },
};

describe('a job', () => {
  it('is taken in its form', () => {
    expect(jobSchema.safeParse(JOB).success).toBe(true);
  });

  it.each<[string, object]>([
    ['a command', { ...JOB, command: 'rm -rf /' }],
    ['a host name', { ...JOB, server: { address: 'example.org', port: 21 } }],
    ['port 0', { ...JOB, server: { address: '127.0.0.1', port: 0 } }],
    ['another protocol', { ...JOB, protocol: 2 }],
    ['a run whose name is a key', { ...JOB, run: 'a:b' }],
    ['an upload folder of its own', { ...JOB, uploadFolder: '/etc/' }],
    [
      'a path with a line end',
      { ...JOB, files: [{ value: { path: 'a\r\nDELE b', bytes: 1, hash: '' }, weight: 1 }] },
    ],
    ['a user with a line end', { ...JOB, login: { user: 'a\r\nQUIT', password: '' } }],
    ['no file', { ...JOB, files: [] }],
    ['a plan that is no digest', { ...JOB, plan: 'scenarios: []' }],
  ])('is refused with %s', (_, job) => {
    expect(jobSchema.safeParse(job).success).toBe(false);
  });
});

describe('a message', () => {
  it('comes out as it went in, with its bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        const read = readMessage(packMessage({ type: 'attempts', token: 't' }, Buffer.from(bytes)));
        expect(read?.message).toEqual({ type: 'attempts', token: 't' });
        expect([...(read?.attempts ?? [])]).toEqual([...bytes]);
      }),
    );
  });

  it('is nothing, where it is anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(readMessage(Buffer.from(bytes))).toBeUndefined();
      }),
    );
    expect(readMessage(Buffer.from('{"type":"done","token":"t"}\n'))).toBeUndefined();
    expect(readMessage(Buffer.from('{"type":"exec","token":"t"}\n'))).toBeUndefined();
  });

  it('orders nothing but go, stop and end', () => {
    expect(parsedBy(orderSchema, '{"type":"go","startMs":1}')).toEqual({ type: 'go', startMs: 1 });
    for (const text of ['', '{}', '{"type":"run","code":"1"}', '{"type":"go","startMs":"1"}', '[1'])
      expect(parsedBy(orderSchema, text)).toBeUndefined();
  });

  it('registers nobody whose name could be a key', () => {
    expect(registrationSchema.safeParse({ name: 'a:b' }).success).toBe(false);
  });
});

it('what an agent says of itself is no order to a terminal', () => {
  const bytes = Buffer.from('{"type":"failed","token":"t","reason":"\\u001b[2Jgone\\nport20: fine"}\n');
  expect(readMessage(bytes)?.message).toMatchObject({ reason: '\\x1b[2Jgone\\nport20: fine' });
  const registered = registrationSchema.parse({
    ...{ protocol: 1, version: '1\u001b[0m', name: 'a', instance: 'i', addresses: ['10.0.0.1'], allow: [] },
    ...{ cores: 1, descriptorLimit: null, kernel: 'k\n', node: 'v\r', draining: false },
  });
  expect(registered).toMatchObject({ version: '1\\x1b[0m', kernel: 'k\\n', node: 'v\\x0d' });
});

describe("an agent's own addresses", () => {
  it.each<[string, readonly string[], string, readonly string[] | null]>([
    ['any of 127/8 on one machine', ['127.0.0.1'], '127.9.9.9', null],
    ['any of 127/8 where it reached Redis over IPv6', ['::1'], '127.9.9.9', null],
    ['the one of IPv6 there is on one machine', ['127.0.0.1'], '::1', ['::1']],
    ["those of the server's family", ['10.0.0.5', '2001:db8::5'], '10.0.0.1', ['10.0.0.5']],
    ['the same for IPv6', ['10.0.0.5', '2001:db8::5'], '2001:db8::1', ['2001:db8::5']],
    ['none of loopback for a server elsewhere', ['127.0.0.1', '10.0.0.5'], '10.0.0.1', ['10.0.0.5']],
    ['none where no server can dial it', ['127.0.0.1'], '10.0.0.1', []],
  ])('are %s', (_, addresses, server, found) => {
    expect(clientAddresses(addresses, server)).toEqual(found);
  });

  it.each(['fe80::1', '0.0.0.0', '::', 'ff02::1', '224.0.0.1', '169.254.1.1'])('are never %s', (address) => {
    expect(canBeDialled(address)).toBe(false);
  });

  it.each(['10.0.0.5', '127.0.0.1', '2001:db8::5'])('may be %s', (address) => {
    expect(canBeDialled(address)).toBe(true);
  });
});

describe('the networks of an agent', () => {
  it.each([
    ['127.4.5.6', true],
    ['::1', true],
    ['10.0.0.1', false],
    ['192.0.2.7', false],
  ])('are this machine alone, unless more are said: %s', (address, admitted) => {
    expect(admits(LOOPBACK, address)).toBe(admitted);
  });

  it('are addresses and CIDR blocks', () => {
    const networks = ['10.1.0.0/16', '192.0.2.7', '2001:db8::/32', 'nonsense'];
    for (const address of ['10.1.255.1', '192.0.2.7', '2001:db8:1::1'])
      expect(admits(networks, address)).toBe(true);
    for (const address of ['10.2.0.1', '192.0.2.8', '2001:db9::1'])
      expect(admits(networks, address)).toBe(false);
  });

  it.each(['10.0.0.0/33', '::/129', 'host', '10.0.0/8', '10.0.0.0/8/8', '10.0.0.0/x', ''])(
    'are not %s',
    (text) => {
      expect(networkProblem(text)).toMatch(/^is no address or network/);
    },
  );
});
