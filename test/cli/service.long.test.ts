// `port20 serve` under whoever runs services: told to stop, told to reload, checked beforehand, started as root.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Endpoint } from '../../src/address.ts';
import { systemClock } from '../../src/clock.ts';
import { listening, type Notes } from '../net/notes.ts';
import { RawClient, readAll } from '../server/raw-client.ts';
import { ownAddress } from '../support/loopback.ts';
import {
  emptyFolder,
  expectOneLine,
  MAIN,
  type Running,
  type RunOptions,
  run,
  start,
  startProgram,
} from './port20.ts';

/** bcrypt of cost 14: a second and more to check. */
const SLOW = '$2b$14$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm';
const CLOSING = '421 The server is closing.';
const CONTENT = Buffer.alloc(20_000_000, 'port20 ');

interface Served extends Running {
  readonly address: Endpoint;
  readonly root: string;
  /** Writes the configuration file anew. */
  configure(yaml: string): void;
  /** SIGHUP; resolves with the line that it makes. */
  reload(): Promise<string>;
}

/** With a configuration file in its folder, which is empty at first. */
async function served(args: readonly string[] = [], options: RunOptions = {}): Promise<Served> {
  const [root, cwd, address] = [emptyFolder(), emptyFolder(), { address: ownAddress(), port: 2121 }];
  writeFileSync(join(root, 'f'), CONTENT);
  const configure = (yaml: string) => writeFileSync(join(cwd, 'port20.config.yaml'), yaml);
  configure('');
  const place = ['--root', root, '--listen', `${address.address}:2121`];
  const server = start(['serve', ...place, ...args], { cwd, ...options });
  await server.stderrMatch(/^listening on .*$/m);
  let reloads = 0;
  const reload = async () => {
    server.child.kill('SIGHUP');
    reloads += 1;
    const [lines] = await server.stderrMatch(new RegExp(`(?:^port20: SIGHUP: .*$[^]*?){${reloads}}`, 'm'));
    return lines.trimEnd().split('port20: SIGHUP: ').at(-1)?.split('\n')[0] ?? '';
  };
  return { ...server, address, root, configure, reload };
}

async function stopped(
  { child, ended }: Running,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<number | null> {
  child.kill(signal);
  return (await ended).status;
}

/** A download that waits for its reader, behind its 150. */
async function downloading(address: Endpoint) {
  const client = await RawClient.loggedIn(address);
  const listener = await client.announce();
  client.send('RETR f\r\n');
  const data = await listener.accepted();
  expect(await client.reply()).toMatch(/^150 /);
  void listener.close(); // once the connection is over
  return { client, data };
}

describe.each(['1', '2'])('with --workers %s', (workers) => {
  const quietly = ['--workers', workers, '--log-level', 'silent'];

  it('SIGTERM lets a transfer end', async () => {
    const server = await served(quietly);
    const { client, data } = await downloading(server.address);
    const idle = await RawClient.loggedIn(server.address);
    server.child.kill('SIGTERM');
    expect(await idle.reply()).toBe(CLOSING);
    expect((await readAll(data)).equals(CONTENT)).toBe(true);
    expect([await client.reply(), await client.reply()]).toEqual(['226 Transfer complete.', CLOSING]);
    const { status, stderr } = await server.ended;
    expect([status, stderr]).toEqual([143, expect.stringMatching(/^port20: SIGTERM: no new sessions/m)]);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('a second %s stops at once', async (signal) => {
    const server = await served([...quietly, '--grace', '20h']);
    const { client, data } = await downloading(server.address);
    server.child.kill(signal);
    await server.stderrMatch(/^port20: SIG.*$/m);
    expect(await stopped(server, signal)).toBe(signal === 'SIGINT' ? 130 : 143);
    await client.ended();
    data.destroy();
  });

  it('--grace 0 ends transfers at once, with a reply', async () => {
    const server = await served([...quietly, '--grace', '0']);
    const { client, data } = await downloading(server.address);
    expect(await stopped(server)).toBe(143);
    expect([await client.reply(), await client.reply()]).toEqual(['426 Transfer aborted.', CLOSING]);
    data.destroy();
  });

  it('SIGHUP reads the file again; flags win, and nobody is dropped', async () => {
    const server = await served([...quietly, '--max-sessions-per-address', '100']);
    const { client, data } = await downloading(server.address);
    const before = await RawClient.loggedIn(server.address);
    server.configure('write: true\nmax-sessions-per-address: 1\ngrace: 0\n');
    expect(await server.reload()).toBe('changed write, grace');
    const after = await RawClient.loggedIn(server.address);
    expect(await after.command('MKD d')).toMatch(/^257 /);
    expect(await before.command('MKD e')).toMatch(/^550 /);
    expect(await server.reload()).toBe('nothing changed');
    expect((await readAll(data)).equals(CONTENT)).toBe(true);
    expect(await client.reply()).toMatch(/^226 /);
    const running = await downloading(server.address);
    expect(await stopped(server)).toBe(143); // by the new grace: else it would wait for that transfer
    expect(await running.client.reply()).toMatch(/^426 /);
    running.data.destroy();
  });

  it('SIGHUP keeps everything when the file is wrong, and says what is', async () => {
    const server = await served(quietly);
    const client = await RawClient.loggedIn(server.address);
    for (const [yaml, problem] of [
      ['write: true\nwhatever: 1\n', /unknown key 'whatever'/],
      ['write: true\n{', /not YAML/],
      ['write: true\nstall-timeout: never\n', /stall-timeout: 'never' is not a duration/],
      ['write: true\nstall-timeout: 0\n', /port20\.config\.yaml: stall-timeout: '0' leaves no time/],
    ] as const) {
      server.configure(yaml);
      const line = await server.reload();
      expect(line).toMatch(/^all settings kept as they were: /);
      expect(line).toMatch(problem);
    }
    const later = await RawClient.loggedIn(server.address);
    expect(await later.command('MKD d')).toMatch(/^550 /);
    expect(await client.command('NOOP')).toMatch(/^200 /);
    server.configure('write: true\n');
    expect(await server.reload()).toBe('changed write');
    expect(await stopped(server)).toBe(143);
  });

  it('SIGHUP names what needs a restart, each time, and changes the rest', async () => {
    const server = await served(quietly);
    server.configure(`binder: legacy\nuser: nobody\nlinks: follow\ndata-port: 2000\nwrite: true\n`);
    const kept = 'kept until a restart: links, binder, data-port, user';
    expect(await server.reload()).toBe(`changed write; ${kept}`);
    expect(await server.reload()).toBe(`nothing changed; ${kept}`);
    server.configure('write: true\n');
    expect(await server.reload()).toBe('nothing changed');
    expect(await stopped(server)).toBe(143);
  });

  it('outlives a storm of SIGHUP, to all of its processes, and ends with the last settings', async () => {
    const server = await served(quietly);
    const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.loggedIn(server.address)));
    const pids = [server.child.pid ?? 0, ...childrenOf(server.child.pid ?? 0)];
    expect(pids).toHaveLength(workers === '1' ? 1 : 3);
    for (let n = 0; n < 200; n++) {
      server.configure(`max-sessions: ${100 + n}\n`);
      for (const pid of pids) process.kill(pid, 'SIGHUP');
    }
    server.configure('write: true\n');
    server.child.kill('SIGHUP');
    await server.stderrMatch(/^port20: SIGHUP: .*write/m);
    for (const client of clients) expect(await client.command('NOOP')).toMatch(/^200 /);
    const after = await RawClient.loggedIn(server.address);
    expect(await after.command('MKD d')).toMatch(/^257 /);
    expect(await stopped(server)).toBe(143);
  });

  it('SIGHUP while it starts is obeyed once it serves', async () => {
    const place = ['--listen', `${ownAddress()}:2121`, '--root', emptyFolder(), ...quietly];
    const server = start(['serve', ...place]);
    while (!catchesHangUp(server.child.pid ?? 0)) await systemClock.sleep(1);
    server.child.kill('SIGHUP');
    await server.stderrMatch(/^port20: SIGHUP: nothing changed$/m);
    await server.stderrMatch(/^listening on /m);
    expect(await stopped(server)).toBe(143);
  });

  it('the service manager is told of all that', async () => {
    const notes: Notes = await listening(join(emptyFolder(), 'notify'));
    const server = await served(quietly, { env: { NOTIFY_SOCKET: notes.path } });
    expect(await notes.next()).toBe('READY=1');
    await server.reload();
    expect(await notes.next()).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    expect(await notes.next()).toBe('READY=1');
    expect(await stopped(server)).toBe(143);
    expect(await notes.next()).toBe('STOPPING=1\nEXTEND_TIMEOUT_USEC=40000000');
    notes.close();
  });
});

it('a second SIGTERM leaves no process behind, not even one that obeys nothing', async () => {
  const server = await served(['--workers', '2', '--log-level', 'silent', '--grace', '20h']);
  const { client, data } = await downloading(server.address);
  const pids = childrenOf(server.child.pid ?? 0);
  const other = await RawClient.loggedIn(server.address); // of the other process
  process.kill(pids[0] ?? 0, 'SIGSTOP');
  server.child.kill('SIGTERM');
  await server.stderrMatch(/^port20: SIG.*$/m);
  expect(await stopped(server)).toBe(143);
  await Promise.all([client.ended(), other.ended()]);
  data.destroy();
  expect(pids).toHaveLength(2);
  expect(pids.map((pid) => textOf(`/proc/${pid}/stat`))).toEqual(['', '']);
});

it.each(['1', '2'])('a reload that a SIGTERM overtakes says nothing, with --workers %s', async (workers) => {
  const notes: Notes = await listening(join(emptyFolder(), 'notify'));
  const users = join(emptyFolder(), 'users');
  writeFileSync(users, '', { mode: 0o600 });
  const flags = ['--log-level', 'silent', '--workers', workers, '--users', users];
  const server = await served(flags, { env: { NOTIFY_SOCKET: notes.path } });
  expect(await notes.next()).toBe('READY=1');
  writeFileSync(users, `mo:${SLOW}:::::\n`); // to be timed before it is in force
  server.child.kill('SIGHUP');
  expect(await notes.next()).toMatch(/^RELOADING=1/);
  expect(await stopped(server)).toBe(143);
  expect(await notes.next()).toMatch(/^STOPPING=1/);
  expect((await server.ended).stderr).not.toMatch(/SIGHUP:/);
  notes.close();
});

it('SIGHUP keeps everything when the file is gone, or cannot be read', async () => {
  const [cwd, address] = [emptyFolder(), ownAddress()];
  const file = join(cwd, 'port20.config.yaml');
  writeFileSync(file, 'write: true\n');
  const place = ['--listen', `${address}:2121`, '--root', emptyFolder(), '--log-level', 'silent'];
  const server = start(['serve', ...place], { cwd });
  await server.stderrMatch(/^listening on /m);
  rmSync(file);
  server.child.kill('SIGHUP');
  await server.stderrMatch(/kept as they were: configuration file 'port20.config.yaml' is gone: put it back/);
  mkdirSync(file);
  server.child.kill('SIGHUP');
  await server.stderrMatch(
    /kept as they were: configuration file 'port20.config.yaml' cannot be read: EISDIR: it is a folder$/m,
  );
  const client = await RawClient.loggedIn({ address, port: 2121 });
  expect(await client.command('MKD d')).toMatch(/^257 /);
  expect(await stopped(server)).toBe(143);
});

it('serves on when the service manager cannot be told', async () => {
  const server = await served(['--log-level', 'silent'], { env: { NOTIFY_SOCKET: '/no/such/socket' } });
  await server.stderrMatch(/^port20: warning: the service manager cannot be told READY=1: connect: ENOENT$/m);
  expect(await stopped(server)).toBe(143);
});

it('a terminal that goes away ends it as SIGTERM does', async () => {
  const [root, address, told] = [emptyFolder(), ownAddress(), join(emptyFolder(), 'status')];
  writeFileSync(join(root, 'f'), CONTENT);
  // As a login shell does, the outer one dies of SIGHUP, and Linux sends it to the others; the inner one tells the status.
  const inner = `trap "" HUP; "${process.execPath}" "${MAIN}" serve --root "${root}" --listen ${address}:2121; echo $? > "${told}"`;
  const terminal = startProgram('script', ['-qec', `sh -c '${inner}'; true`, '/dev/null'], {
    env: { SHELL: '/bin/sh' },
  });
  const { client, data } = await downloading(await reachable({ address, port: 2121 }));
  const idle = await RawClient.loggedIn({ address, port: 2121 });
  terminal.child.kill('SIGKILL');
  expect(await idle.reply()).toBe(CLOSING);
  expect((await readAll(data)).equals(CONTENT)).toBe(true);
  expect([await client.reply(), await client.reply()]).toEqual(['226 Transfer complete.', CLOSING]);
  await client.ended();
  let status = '';
  while (status === '') {
    await systemClock.sleep(5);
    status = textOf(told);
  }
  expect(status).toBe('129\n');
});

describe('--check', () => {
  const own = () => ['serve', '--check', '--listen', `${ownAddress()}:2121`, '--root', emptyFolder()];

  it('says what would be served, and where each setting is from', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'port20.config.yaml'), 'stall-timeout: 90s\n');
    const { status, stdout } = await run([...own(), '--workers', '2'], { cwd, env: { PORT20_WRITE: '1' } });
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^would listen on 127[\d.]+:2121, data port 2120, binder reuse-port,[\s\S]*, writable$/m,
    );
    expect(stdout).toMatch(/^ {2}stall-timeout +90s +file$/m);
    expect(stdout).toMatch(/^ {2}workers +2 +flag$/m);
    expect(stdout).toMatch(/^ {2}write +true +environment$/m);
    expect(stdout).toMatch(/^ {2}binder +reuse-port +default$/m);
  });

  it('leaves a service that runs alone, and does not take it for an obstacle', async () => {
    const server = await served(['--log-level', 'silent']);
    const client = await RawClient.loggedIn(server.address);
    const place = ['--listen', `${server.address.address}:2121`, '--root', server.root];
    const { status, stderr } = await run(['serve', '--check', ...place]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringMatching(/:2121 is in use now: by this service if it runs/),
    ]);
    expect(await client.command('NOOP')).toMatch(/^200 /);
    expect(await stopped(server)).toBe(143);
  });

  it.each([
    [['--root', '/no/such/folder'], 2, /root '\/no\/such\/folder' cannot be served: ENOENT/],
    [['--stall-timeout', '0'], 2, /--stall-timeout: '0' leaves no time/],
    [['--listen', '192.0.2.1:2121'], 3, /192\.0\.2\.1 is not an address of this machine/],
    [['--group', 'daemon'], 2, /--group goes with --user/],
    [['--user', 'no-such-user'], 2, /there is no user 'no-such-user'/],
    [['--user', 'root'], 2, /user 'root' is root itself/],
  ])('%j: one line', async (args, status, line) => {
    expectOneLine(await run([...own(), ...args]), status, line);
  });

  it('a data port that another program listens on: one line', async () => {
    const server = await served(['--log-level', 'silent']); // it listens on what is to be the data port
    const listen = `${server.address.address}:2122`;
    expectOneLine(await run(['serve', '--check', '--listen', listen]), 3, /data port .*:2121/);
    expect(await stopped(server)).toBe(143);
  });

  it('is no key of the file', async () => {
    const cwd = emptyFolder();
    writeFileSync(join(cwd, 'port20.config.yaml'), 'check: true\n');
    expectOneLine(await run(own(), { cwd }), 2, /unknown key 'check'/);
  });
});

/** Reads the kernel's own table: which signals this process has a handler for. */
function catchesHangUp(pid: number): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? '0';
  return (BigInt(`0x${caught}`) & 1n) === 1n;
}

function childrenOf(parent: number): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids
    .filter((pid) => textOf(`/proc/${pid}/stat`).split(') ')[1]?.split(' ')[1] === `${parent}`)
    .map(Number);
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Resolves once something listens there. */
async function reachable(address: Endpoint): Promise<Endpoint> {
  for (;;) {
    const client = await RawClient.connect(address).catch(() => undefined);
    client?.socket.destroy();
    if (client !== undefined) return address;
    await systemClock.sleep(5);
  }
}
