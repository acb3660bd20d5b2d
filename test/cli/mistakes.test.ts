// Users' mistakes: one clear line that names the thing, the bad value and the way out, and the right exit status.
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createBinder } from '../../src/binder/binders.ts';
import { listeningPeer, ownAddress } from '../support/loopback.ts';
import {
  type Ended,
  emptyFolder,
  expectOneLine,
  MAIN,
  type RunOptions,
  run,
  startProgram,
} from './port20.ts';

const NOBODY = 65_534;

describe('usage and configuration: exit 2', () => {
  it.each([
    [
      ['serve', '--binder', 'reuse-prot'],
      /unknown binder 'reuse-prot' \(did you mean 'reuse-port'\?\): use legacy/,
    ],
    [['serve', '--idle-timeout', '0'], /--idle-timeout: '0' leaves no time: name a duration such as 30s/],
    [['serve', '--max-rate', '0'], /--max-rate: '0' would let nothing through/],
    [['serve', '--passive-ports', '80'], /passive ports must be a range within .*, not '80'$/m],
    [['serve', '--linger', '600h'], /'600h' is longer than 24 days, which no timer can wait$/m],
    [['serve', '--workers', '0'], /'0' is not a whole number from 1 to/],
    [['serve', '--root', '/no/such/folder'], /root '\/no\/such\/folder' cannot be served: ENOENT/],
    [['stress', '/no/such/plan.yaml'], /plan '\/no\/such\/plan\.yaml' cannot be read: ENOENT/],
    [['compare', '/no/such/result.json'], /result '\/no\/such\/result\.json' cannot be read: ENOENT/],
    [['stress', '--redis', 'nonsense'], /^port20: --redis: not a URL such as redis:/m],
    [['stress', '--redis', 'redis://:pa%zz@h'], /^port20: --redis: its user or password cannot be read/m],
    [['agent', '--redis', 'http://:geheim@h'], /^port20: --redis: not a URL such as redis:/m],
    [['stress', '--agent-silence', '0ms'], /--agent-silence: '0ms' is too short: .*: 1s at the least$/m],
    [['shard', 'p', '--gap', '0ms'], /--gap: '0ms' leaves no time/],
    [
      ['agent', '--address', 'fe80::1'],
      /--address: 'fe80::1' is no address that a server elsewhere could dial/,
    ],
    [['stress', '--generators', '65', '--sessions', '65'], /generators: 65 on one machine: 64 at the most/],
    [
      ['stress', '--network', 'lossy', '--engine', 'bullmq', '--redis', 'redis://127.0.0.1'],
      /scenario 'load': network lossy is of this machine alone: leave --engine bullmq out/,
    ],
    [['srve'], /unknown command 'srve' \(Did you mean serve\?\)/],
  ])('%j', async (args, line) => expectOneLine(await run(args), 2, line));

  it('an unknown binder by environment names the variable', async () => {
    const ended = await run(['serve'], { env: { PORT20_BINDER: 'legcy' } });
    expectOneLine(
      ended,
      2,
      /^port20: PORT20_BINDER: unknown binder 'legcy' \(did you mean 'legacy'\?\): use/,
    );
  });

  it.each([['bindr: legacy', /port20\.config\.yaml: unknown key 'bindr' \(did you mean 'binder'\?\)/]])(
    'configuration file: %s',
    async (yaml, line) => {
      const cwd = emptyFolder();
      writeFileSync(join(cwd, 'port20.config.yaml'), yaml);
      expectOneLine(await run(['serve'], { cwd }), 2, line);
    },
  );

  it('a plan with an unknown key names the near miss', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'plan.yaml'), 'scenarios: [{ name: a, sesions: 3 }]');
    expectOneLine(
      await run(['stress', 'plan.yaml'], { cwd }),
      2,
      /plan\.yaml: .*'sesions' \(did you mean 'sessions'\?\)/,
    );
  });
});

describe('preflight: exit 3', () => {
  it('a control port that is taken', async () => {
    const peer = await listeningPeer(ownAddress());
    const { address, port } = peer.endpoint;
    const ended = await run(['serve', '--listen', `${address}:${port}`]);
    expectOneLine(ended, 3, new RegExp(`${address}:${port} is in use by another server`));
    await peer.close();
  });

  it.each(['1', '2'])('a data port that another program listens on (%s workers)', async (workers) => {
    const peer = await listeningPeer(ownAddress());
    const { address, port } = peer.endpoint;
    const args = ['serve', '--listen', `${address}:2121`, '--data-port', `${port}`, '--workers', workers];
    expectOneLine(
      await run(args),
      3,
      new RegExp(`data port ${address}:${port} is taken: another program listens on it`),
    );
    await peer.close();
  });

  it('a data port below 1024 without the privilege', async () => {
    const args = ['serve', '--listen', `${ownAddress()}:2121`, '--data-port', '20'];
    expectOneLine(await unprivileged(args), 3, /data port 127\.[\d.]+:20 is privileged/);
  });

  it('a control port below 1024 without the privilege', async () => {
    expectOneLine(
      await unprivileged(['serve', '--listen', `${ownAddress()}:21`]),
      3,
      /:21 is a privileged port/,
    );
  });

  it('a platform without the FFI names the binders that work there', async () => {
    const ended = await run(['serve', '--binder', 'reuse-port'], { env: { PORT20_NO_FFI: '1' } });
    expectOneLine(
      ended,
      3,
      /binder 'reuse-port' cannot work here: .*; use --binder reuse-addr(, reuse-both)? or ephemeral/,
    );
    const held = ['serve', '--binder', 'reuse-addr', '--bind-to-connect', '5ms'];
    expectOneLine(await run(held, { env: { PORT20_NO_FFI: '1' } }), 3, /--bind-to-connect cannot work here/);
  });

  it('a network that cannot be made', async () => {
    const args = ['stress', '--binder', 'ephemeral', '--network', 'firewall-port-20'];
    expectOneLine(
      await run(args, { env: { PORT20_NO_FFI: '1' } }),
      3,
      /a network of the run's own cannot be made here: .*PORT20_NO_FFI is set: leave network out/,
    );
  });

  it('too few descriptors for the sessions asked for', async () => {
    const command = `ulimit -n 300; exec "${process.execPath}" "${MAIN}" stress --sessions 400 --duration 1s`;
    const ended = await startProgram('/bin/sh', ['-c', command]).ended;
    expectOneLine(
      ended,
      3,
      /400 sessions need up to 1264 descriptors in one process, the limit is 300: raise it/,
    );
  });

  it('a result that cannot be written, before the load and not after it', async () => {
    const cwd = emptyFolder();
    mkdirSync(join(cwd, 'folder'));
    const ended = await run(['stress', '--sessions', '2', '--duration', '1s', '--out', 'folder'], { cwd });
    expectOneLine(ended, 3, /cannot write 'folder': EISDIR/);
  });
});

it('a data port in TIME_WAIT does not keep a server from starting', async () => {
  const address = ownAddress();
  const peer = await listeningPeer(address);
  const socket = await (await createBinder('legacy').bind({ address, port: 2120 })).connect(peer.endpoint);
  const accepted = await peer.accepted();
  socket.resume().end();
  accepted.resume().end();
  await new Promise((resolve) => socket.once('close', resolve));
  await peer.close();
  const server = startProgram(process.execPath, [
    MAIN,
    'serve',
    '--binder',
    'legacy',
    '--listen',
    `${address}:2121`,
  ]);
  await server.stderrMatch(/listening on/);
  connect(2121, address).destroy();
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(143);
});

/** As nobody where the test runs as root; as the tester otherwise, who has no privilege either. */
function unprivileged(args: readonly string[]): Promise<Ended> {
  const options: RunOptions = process.getuid?.() === 0 ? { uid: NOBODY, cwd: '/' } : { cwd: '/' };
  return run(args, options);
}
