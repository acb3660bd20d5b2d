// The certificate: what is wrong with its files is said in one line, and a reload shows the new one or keeps the old one whole.
import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { fillOptions } from '../../../src/server/fill-options.ts';
import type { ServerOptions } from '../../../src/server/options.ts';
import { createAcceptingServer } from '../../../src/server/server.ts';
import { prepareTls } from '../../../src/server/tls/material.ts';
import { certificateIn, selfSigned } from '../../support/certificate.ts';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

const folder = mkdtempSync(join(tmpdir(), 'port20-test-tls-'));
afterAll(() => rmSync(folder, { recursive: true }));

const pem = selfSigned('one');
const { cert: tlsCertFile, key: tlsKeyFile } = certificateIn(folder, pem);
const named = (name: string, text: string, mode = 0o600) => {
  writeFileSync(join(folder, name), text, { mode });
  return join(folder, name);
};
const prepared = (options: ServerOptions) => prepareTls(fillOptions(options));

describe('files that cannot be', () => {
  const other = named('other.pem', selfSigned().key);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  const locked = createPrivateKey(pem.key).export({
    ...{ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
  } as { type: 'pkcs8'; format: 'pem'; cipher: string; passphrase: string }) as string;
  const large = named('large.pem', pem.cert);
  truncateSync(large, 1024 * 1024);

  it.each([
    [
      'no file',
      { tlsCertFile: '/nowhere/cert', tlsKeyFile },
      /^certificate file '\/nowhere\/cert' cannot be read: ENOENT$/,
    ],
    ['a folder', { tlsCertFile, tlsKeyFile: folder }, /^key file '.*' cannot be read: EISDIR$/],
    ['what is too large', { tlsCertFile: large, tlsKeyFile }, /cannot be read: EFBIG$/],
    ['a key for a certificate', { tlsCertFile: tlsKeyFile, tlsKeyFile }, /has no certificate in PEM/],
    ['a certificate for a key', { tlsCertFile, tlsKeyFile: tlsCertFile }, /has no private key in PEM/],
    ['the key of another', { tlsCertFile, tlsKeyFile: other }, /is not the key of certificate file '/],
    [
      'a key of another kind',
      { tlsCertFile, tlsKeyFile: named('rsa.pem', rsa.export({ type: 'pkcs8', format: 'pem' }) as string) },
      /is not the key of certificate file '/,
    ],
    [
      'a key with a passphrase',
      { tlsCertFile, tlsKeyFile: named('locked.pem', locked) },
      /locked by a passphrase/,
    ],
  ])('%s', async (_, options, message) => {
    await expect(prepared(options)).rejects.toThrow(message);
  });
});

describe('settings that cannot be', () => {
  it.each<[ServerOptions, RegExp]>([
    [{ tls: 'require' }, /tls require needs a certificate and its key/],
    [{ tlsCertFile }, /needs a key \(tls-key\), too/],
    [{ tlsKeyFile }, /needs a certificate \(tls-cert\), too/],
    [{ tlsPem: pem, tlsCertFile, tlsKeyFile }, /use one of them/],
    [{ implicitTlsPorts: [2121] }, /implicit TLS needs a certificate/],
    [{ tlsPem: pem, implicitTlsPorts: [990] }, /implicit TLS on port 990, which is not listened on/],
    [{ tlsPem: pem, tlsReuse: 'yes' as 'log' }, /unknown tlsReuse 'yes': use require, log, off/],
  ])('%j', (options, message) => {
    expect(() => fillOptions(options)).toThrow(message);
  });
});

it('warns of a key that everybody may read, and of a certificate that has expired', async () => {
  const expired = certificateIn(mkdtempSync(join(folder, 'expired-')), selfSigned('old', -1));
  chmodSync(expired.key, 0o644);
  const material = await prepared({ tlsCertFile: expired.cert, tlsKeyFile: expired.key });
  expect(material?.warnings).toEqual([
    expect.stringMatching(/^key file '.*' is open to everybody on this machine: chmod o= it$/),
    expect.stringMatching(/^certificate file '.*': expired on /),
  ]);
  expect((await prepared({ tlsCertFile, tlsKeyFile }))?.warnings).toEqual([]);
});

it('a reload shows a new certificate to sessions that begin, and keeps the old one where the new one is wrong', async () => {
  const files = certificateIn(mkdtempSync(join(folder, 'reload-')), pem);
  const options: ServerOptions = { tlsCertFile: files.cert, tlsKeyFile: files.key };
  await serving(options, async ({ address, server, root }) => {
    const shown = async () => {
      const client = await RawClient.connect(address);
      const tls = await client.startTls();
      const name = tls.getPeerCertificate().subject.CN;
      expect(await client.command('SYST')).toMatch(/^215 /);
      client.socket.destroy();
      return name;
    };
    const settings = { host: address.address, port: address.port, root, ...options };
    expect(await shown()).toBe('one');
    const two = selfSigned('two');
    writeFileSync(files.cert, two.cert); // a renewal in mid-way: the key is still the old one
    await expect(server.reload(settings)).rejects.toThrow(/is not the key of/);
    expect(await shown()).toBe('one');
    writeFileSync(files.key, two.key);
    const early = await RawClient.connect(address);
    const { changed, certificateValidTo } = await server.reload(settings);
    expect([changed, typeof certificateValidTo]).toEqual([[], 'string']);
    expect(await shown()).toBe('two');
    expect((await early.startTls()).getPeerCertificate().subject.CN).toBe('one'); // as it began
    early.socket.destroy();
    await server.reload({ host: address.address, port: address.port, root });
    const plain = await RawClient.connect(address);
    expect(await plain.command('AUTH TLS')).toMatch(/^502 /);
    plain.socket.destroy();
  });
});

it('a server that another process accepts for does not serve without the certificate that it is to show', () => {
  expect(() => createAcceptingServer({ tls: 'require', tlsCertFile, tlsKeyFile })).toThrow(/tlsPem/);
});
