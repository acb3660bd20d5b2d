// The servers of the benchmark: how each is started on 127.0.0.1:21 of its own network namespace, and by whom it is served.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { greeted } from '../../dist/peers/greeting.js';
import { startPeer } from '../../dist/peers/peers.js';
import { descendantsOf } from '../../dist/peers/process-tree.js';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const STOCK = fileURLToPath(new URL('../peers/stock-ftp-srv.mjs', import.meta.url));
const SINK = fileURLToPath(new URL('./sink.mjs', import.meta.url));
const server = { address: '127.0.0.1', port: 21 };
const ANONYMOUS = { user: 'anonymous', password: 'bench@' };

/** ×2: with two workers. `rounds`: those that are there to be seen are measured in fewer. `asked`: only by name. */
export const SERVERS = {
  'port20 ×1': { start: (place) => ours(place, 1), ours: true },
  'port20 ×2': { start: (place) => ours(place, 2), ours: true },
  vsftpd: { start: peer('vsftpd') },
  ProFTPD: { start: peer('proftpd') },
  'Pure-FTPd': { start: peer('pure-ftpd') },
  pyftpdlib: { start: peer('pyftpdlib'), rounds: 1 },
  'ftp-srv': { start: stock, rounds: 1 },
  sink: { start: sink, asked: true },
};

/** As an operator starts it: with its log, which goes to a file. No limit on sessions stands in the generator's way. */
async function ours({ root, folder }, workers) {
  const limits = ['--max-sessions', '20000', '--max-sessions-per-address', '20000'];
  const args = ['serve', '--listen', '127.0.0.1:21', '--root', root, '--write', '--workers', String(workers)];
  const log = openSync(join(folder, 'port20.log'), 'w');
  const child = spawn(process.execPath, [MAIN, ...args, ...limits], { stdio: ['ignore', 'ignore', log] });
  closeSync(log);
  return running(child);
}

function peer(name) {
  return async ({ root }) => {
    const { login, pids, stop } = await startPeer(name, { server, root });
    return { server, login, pids, stop };
  };
}

/** Without it 150 and 226, two small writes, wait for a delayed ACK: 22 transfers a second, and nothing to compare. */
async function stock({ root }) {
  const preload = new URL('./tcp-nodelay.mjs', import.meta.url).href;
  const args = ['--import', preload, STOCK, server.address, String(server.port), root];
  const child = spawn(process.execPath, args, { stdio: 'ignore' }); // it prints traces of clients that are gone
  return running(child);
}

async function sink() {
  const args = [SINK, server.address, String(server.port)];
  return running(spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] }));
}

/** Resolves once it greets. */
async function running(child) {
  const ended = new AbortController();
  child.once('exit', () => ended.abort());
  await greeted(server, ended.signal);
  return {
    server,
    login: ANONYMOUS,
    pids: () => [child.pid, ...descendantsOf(child.pid)],
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill();
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}
