// TLS with several processes: the primary reads the certificate, each worker shows it, and a reload reaches all of them.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { emptyFolder, start } from '../../cli/port20.ts';
import { certificateIn, selfSigned } from '../../support/certificate.ts';
import { ownAddress } from '../../support/loopback.ts';
import { RawClient } from '../raw-client.ts';

const SESSIONS = 6;

it.each(['1', '2'])('with %s, explicit and implicit, before and after SIGHUP', async (workers) => {
  const [cwd, address] = [emptyFolder(), ownAddress()];
  const files = certificateIn(cwd, selfSigned('one'));
  const [explicit, implicit] = [2121, 2991].map((port) => ({ address, port })) as [Place, Place];
  const place = ['--listen', `${address}:2121,${address}:2991`, '--implicit-tls', '2991', '--root', cwd];
  const tls = ['--tls', 'require', '--tls-cert', files.cert, '--tls-key', files.key];
  const server = start(['serve', ...place, ...tls, '--workers', workers, '--log-level', 'silent'], { cwd });
  expect((await server.stderrMatch(/^listening on .*$/m))[0]).toMatch(/TLS required, implicit on 2991/);

  const shown = async () => {
    const names = new Set<unknown>();
    const clients = await Promise.all(Array.from({ length: SESSIONS }, () => RawClient.connect(explicit)));
    for (const client of clients) {
      expect(await client.command('USER anonymous')).toMatch(/^530 /);
      names.add((await client.startTls()).getPeerCertificate().subject.CN);
      expect(await client.command('USER anonymous')).toMatch(/^230 /);
      client.socket.destroy();
    }
    const other = await RawClient.connectTls(implicit);
    expect(await other.command('USER anonymous')).toMatch(/^230 /);
    other.socket.destroy();
    return [...names];
  };
  expect(await shown()).toEqual(['one']);
  const two = selfSigned('two');
  writeFileSync(files.cert, two.cert);
  server.child.kill('SIGHUP');
  await server.stderrMatch(
    /^port20: SIGHUP: all settings kept as they were: key file '.*' is not the key of .*$/m,
  );
  expect(await shown()).toEqual(['one']);
  writeFileSync(files.key, two.key);
  server.child.kill('SIGHUP');
  await server.stderrMatch(/^port20: SIGHUP: nothing changed; certificate read again: good until .*$/m);
  expect(await shown()).toEqual(['two']);
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(143);
});

interface Place {
  readonly address: string;
  readonly port: number;
}

it('a certificate that cannot be read ends the start with one line', async () => {
  const cwd = emptyFolder();
  const place = [
    '--listen',
    `${ownAddress()}:2121`,
    '--root',
    cwd,
    '--tls-cert',
    join(cwd, 'no'),
    '--tls-key',
    'no',
  ];
  const server = start(['serve', ...place], { cwd });
  const { status, stderr } = await server.ended;
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/^port20: certificate file '.*' cannot be read: ENOENT\n$/),
  ]);
});
