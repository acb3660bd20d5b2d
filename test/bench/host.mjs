// One server and its load generator in a network namespace of their own: TIME_WAIT, and its limit, belong to a namespace.
// A child of main.mjs, which sends { start: name, place } and then loads, one at a time; each is answered once.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { raiseLoopback } from '../../dist/net/loopback-interface.js';
import { accounted } from './cpu-account.mjs';
import { SERVERS } from './servers.mjs';

const GENERATOR = new URL('./generator/main.mjs', import.meta.url);

let running;
let account;
let generator;
let generatorEnded;

const answers = {
  async start({ name, place }) {
    raiseLoopback();
    account = await accounted(() => SERVERS[name].start(place));
    running = account.started;
    generator = fork(GENERATOR, { env: { ...process.env, PORT20_BENCH_FOLDER: place.folder } });
    generatorEnded = once(generator, 'exit').then(() => [{ error: 'the load generator ended' }]);
    return {};
  },
  /** Adds the CPU time of the server's processes for each thing done, the warm-up's among them. */
  async load(load) {
    const before = account.readMs(running.pids());
    const command = load.command?.replace('SESSION', `${running.pids()[0]}-SESSION`);
    const result = await generate({ server: running.server, login: running.login, ...load, command });
    return { ...result, serverCpuMs: (account.readMs(running.pids()) - before) / result.doneInAll };
  },
  /** Memory of idle sessions, in bytes each: the proportional set size, where processes share pages. */
  async idle({ sessions }) {
    const before = residentBytes(running.pids());
    const result = await generate({
      kind: 'idle',
      sessions,
      server: running.server,
      login: running.login,
    });
    const bytes = (residentBytes(running.pids()) - before) / sessions;
    await generate({ kind: 'end' });
    return { ...result, bytes };
  },
};

async function generate(load) {
  generator.send(load);
  const [{ result, error }] = await Promise.race([once(generator, 'message'), generatorEnded]);
  if (error !== undefined) throw new Error(error);
  return result;
}

function residentBytes(pids) {
  let kib = 0;
  for (const pid of pids)
    kib += Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  return kib * 1024;
}

function read(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // gone meanwhile
  }
}

process.on('message', async (message) => {
  const [[what, argument]] = Object.entries(message);
  try {
    process.send({ result: await answers[what](argument) });
  } catch (error) {
    process.send({ error: error.message });
  }
});
process.once('disconnect', async () => {
  generator?.kill();
  await running?.stop();
  account?.remove();
  process.exit();
});
