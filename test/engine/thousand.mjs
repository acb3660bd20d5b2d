// A thousand agents: a real coordinator and a real Redis, shards that are made up. What a block of so many costs, and where it
// ends. `node test/engine/thousand.mjs [--agents N] [--processes N] [--rate N] [--blocks N]`; needs redis-server.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { equal, folder, MAIN, requireUnharmed, start, startRedis, stress, write } from './lab.mjs';

const { values } = parseArgs({
  options: {
    agents: { type: 'string', default: '1000' },
    processes: { type: 'string', default: '4' },
    rate: { type: 'string', default: '2000' },
    blocks: { type: 'string', default: '3' },
  },
});
const [agents, processes] = [Number(values.agents), Number(values.processes)];
const SECONDS = 2;
const TICKS = 100;

const redis = await startRedis({ args: ['--maxclients', '20000'] });
write('file', 'ten bytes.');
const address = `127.${1 + (process.pid % 100)}.7.7`;
const server = start(process.execPath, [MAIN, 'serve', '--listen', `${address}:2121`, '--root', folder]);
await server.says(/listening on/);
const fakes = Array.from({ length: processes }, (_, i) => {
  const each = Math.ceil(agents / processes);
  const count = Math.min(each, agents - i * each);
  const script = fileURLToPath(new URL('fake-agents.mjs', import.meta.url));
  return fork(script, [redis.url, String(i * each), String(count)], { serialization: 'advanced' });
});
process.on('exit', () => {
  for (const fake of fakes) fake.kill('SIGKILL');
});
await Promise.all(fakes.map((fake) => once(fake, 'message')));
const idle = await figures();
console.log(
  `${agents} agents, idle: ${idle.clients} connections, ${mib(idle.memory)} in Redis, ${((idle.memory - 0) / agents / 1024).toFixed(1)} KiB an agent`,
);

const plan = write(
  'plan.yaml',
  `targets: ['ftp://${address}:2121/file']
blocks: ${values.blocks}
onSaturation: warn
scenarios: [{ name: open, workload: open, rate: ${values.rate}, sessions: ${2 * agents}, duration: ${SECONDS}s }]
`,
);
let pid;
let cpuSeconds = 0;
const watching = setInterval(() => {
  if (pid === undefined) return;
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    cpuSeconds = (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {}
}, 50);
await redis.client.config('RESETSTAT');
const before = await figures();
const beganMs = performance.now();
const run = await stress(redis.url, agents, ['--agents-within', '60s', '--agent-silence', '30s', plan], {
  async during(started) {
    pid = started.pid;
  },
});
const seconds = (performance.now() - beganMs) / 1000;
clearInterval(watching);
const after = await figures();
equal(run.status, 0, run.stderr);
const { blocks } = run.result;
const attempts = blocks.reduce((sum, { offered }) => sum + offered, 0);
requireUnharmed(run.result);
equal(blocks.length, Number(values.blocks), 'every block is there');
for (const block of blocks) equal(block.shards.length, agents, 'every shard of every block');
const late = blocks
  .flatMap(({ shards }) => shards.map(({ startedLateMs }) => startedLateMs))
  .sort((a, b) => a - b);
const shards = agents * blocks.length;
console.log(
  `${blocks.length} blocks of ${SECONDS} s with ${agents} shards each, ${attempts} transfers, in ${seconds.toFixed(1)} s: ${shards} shards completed, ${run.result.lost?.length ?? 0} begun too late and run again`,
);
console.log(
  `coordinator: ${cpuSeconds.toFixed(1)} s of CPU, ${((1000 * cpuSeconds) / shards).toFixed(2)} ms a shard; Redis: ${(after.cpu - before.cpu).toFixed(1)} s, ${((1000 * (after.cpu - before.cpu)) / shards).toFixed(2)} ms a shard`,
);
console.log(
  `Redis: ${after.commands} commands, ${(after.commands / shards).toFixed(0)} a shard; ${(after.bytes / shards / 1024).toFixed(1)} KiB received a shard; peak ${mib(after.peak)}, ${((after.peak - idle.memory) / agents / 1024).toFixed(1)} KiB a shard that runs`,
);
console.log(
  `loads began ${late[Math.floor(late.length / 2)].toFixed(1)} ms (median), ${late[Math.floor(0.99 * late.length)].toFixed(1)} ms (99 %), ${late.at(-1).toFixed(1)} ms (all) behind the common start`,
);
for (const fake of fakes) fake.send('end');
await Promise.all(fakes.map((fake) => once(fake, 'exit')));
const left = await redis.keys();
equal(left.join(' '), '', 'nothing is left in Redis');
console.log('no key is left in Redis');
await server.kill();
redis.client.disconnect();
await redis.kill('SIGKILL');

async function figures() {
  const info = await redis.client.info();
  const value = (name) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1]);
  return {
    ...{ memory: value('used_memory'), peak: value('used_memory_peak'), clients: value('connected_clients') },
    cpu: value('used_cpu_user') + value('used_cpu_sys'),
    ...{ commands: value('total_commands_processed'), bytes: value('total_net_input_bytes') },
  };
}

function mib(bytes) {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
