// PORT that names another address than its client's: refused at once, or dialled as the operator has decided.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { formatHostPort } from '../../../src/ftp/host-port.ts';
import { dialledFor } from '../../../src/server/data/active-address.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { ownAddress } from '../../support/loopback.ts';
import { logging } from '../operation/logging.ts';
import { DataListener, RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

const at = (address: string, port = 2120) => ({ address, port });
const PEER = at('192.0.2.7', 40_000);

describe('what is dialled', () => {
  it.each([
    ['10.0.0.5', 'refuse', /You come from 192\.0\.2\.7, .* not to 10\.0\.0\.5: .*NAT.*passive/],
    ['10.0.0.5', 'peer', '192.0.2.7'],
    ['10.0.0.5', 'claimed', '10.0.0.5'],
    ['127.0.0.1', 'claimed', /do not go to 127\.0\.0\.1/],
    ['169.254.169.254', 'claimed', /do not go to/],
    ['0.0.0.0', 'claimed', /do not go to/],
    ['255.255.255.255', 'claimed', /do not go to/],
    ['224.0.0.1', 'claimed', /do not go to/],
    ['::ffff:10.0.0.5', 'claimed', /do not go to/],
    ['::ffff:127.0.0.1', 'claimed', /do not go to/],
    ['64:ff9b::a00:5', 'claimed', /do not go to/],
    ['::1', 'claimed', /do not go to/],
    ['fe80::1', 'claimed', /do not go to/],
    ['192.0.2.7', 'refuse', '192.0.2.7'],
  ] as const)('for %s under %s', (claimed, policy, result) => {
    const dial = () => dialledFor(at(claimed), PEER, policy).address;
    if (typeof result === 'string') expect(dial()).toBe(result);
    else expect(dial).toThrow(result);
  });

  it('for a client on this machine may be this machine', () => {
    expect(dialledFor(at('127.0.0.9'), at('127.0.0.1'), 'claimed')).toEqual(at('127.0.0.9'));
  });

  it('is never a port of a service, nor anybody but the peer unless that is claimed', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    const policy = fc.constantFrom('refuse', 'peer', 'claimed');
    fc.assert(
      fc.property(address, fc.integer({ min: 1, max: 65_535 }), policy, (claimed, port, way) => {
        try {
          const dialled = dialledFor({ address: claimed, port }, PEER, way);
          return dialled.port >= 1024 && (dialled.address === PEER.address || way === 'claimed');
        } catch {
          return true;
        }
      }),
    );
  });
});

/** A client at one address, which listens at another. */
async function elsewhere(
  options: ServerOptions,
  test: (client: RawClient, listener: DataListener) => Promise<void>,
): Promise<void> {
  await serving(options, async ({ address, root }) => {
    await writeFile(join(root, 'f'), 'content');
    const client = await RawClient.loggedIn(address, ownAddress());
    const listener = await DataListener.on(
      options.activeAddress === 'peer' ? client.local.address : ownAddress(),
    );
    await test(client, listener);
    await listener.close();
    await client.quit();
  });
}

describe('a client whose PORT names another address', () => {
  it('by default is refused at PORT, told both addresses, and dialled nowhere', () =>
    elsewhere({}, async (client, listener) => {
      const { endpoint } = listener;
      const reply = await client.command(`PORT ${formatHostPort(endpoint)}`);
      expect(reply).toMatch(/^504 /);
      for (const address of [client.local.address, endpoint.address]) expect(reply).toContain(address);
      expect(await client.command('RETR f')).toMatch(/^503 /);
      expect(listener.unasked).toBe(0);
    }));

  it('under peer is dialled where it comes from, at the port that it named', () =>
    elsewhere({ activeAddress: 'peer' }, async (client, listener) => {
      const claimed = { address: '10.9.8.7', port: listener.endpoint.port };
      expect(await client.command(`PORT ${formatHostPort(claimed)}`)).toMatch(/^200 /);
      expect((await client.fetch('RETR f', listener)).content.toString()).toBe('content');
    }));

  it('under claimed is dialled where it says', () =>
    elsewhere({ activeAddress: 'claimed' }, async (client, listener) => {
      expect(await client.command(`PORT ${formatHostPort(listener.endpoint)}`)).toMatch(/^200 /);
      expect((await client.fetch('RETR f', listener)).content.toString()).toBe('content');
    }));
});

it('the log has what was claimed, refused or not', () =>
  logging({ activeAddress: 'refuse' }, async ({ address, lines }) => {
    const client = await RawClient.loggedIn(address);
    expect(await client.command('PORT 10,9,8,7,8,72')).toMatch(/^504 /);
    await client.quit();
    expect(lines().find(({ msg }) => msg === 'PORT refused')).toMatchObject({
      replyCode: 504,
      peer: client.local.address,
      reason: expect.stringContaining('10.9.8.7'),
      advice: expect.stringContaining('--active-address peer'),
    });
  }));

it('the log tells of a transfer whom PORT had named', () =>
  logging({ activeAddress: 'peer' }, async ({ address, lines }) => {
    const client = await RawClient.loggedIn(address);
    const listener = await DataListener.on(client.local.address);
    const { port } = listener.endpoint;
    await client.command(`PORT ${formatHostPort({ address: '10.9.8.7', port })}`);
    expect((await client.fetch('NLST', listener)).last).toMatch(/^226 /);
    await listener.close();
    await client.quit();
    const line = lines().find(({ command }) => command === 'NLST');
    expect(line).toMatchObject({ claimed: `10.9.8.7:${port}`, remote: `${client.local.address}:${port}` });
  }));
