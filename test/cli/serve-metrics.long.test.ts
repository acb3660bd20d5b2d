// The numbers of `port20 serve`, over all its processes: whoever is killed or stopped, what was counted stays counted.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { systemClock } from '../../src/clock.ts';
import { RawClient } from '../server/raw-client.ts';
import { ownAddress } from '../support/loopback.ts';
import { readMetrics } from '../support/prometheus.ts';
import { emptyFolder, expectOneLine, type Running, run, start } from './port20.ts';

interface Service {
  readonly server: Running;
  readonly control: { readonly address: string; readonly port: number };
  scrape(): Promise<Map<string, number>>;
  health(): Promise<string>;
}

async function serving(args: readonly string[]): Promise<Service> {
  const address = ownAddress();
  const root = emptyFolder();
  writeFileSync(join(root, 'f'), 'content');
  const place = ['--listen', `${address}:2121`, '--root', root, '--log-level', 'silent'];
  const server = start(['serve', ...place, '--metrics', `${address}:0`, ...args]);
  const [, url = ''] = await server.stderrMatch(/^listening on .*, metrics (http:\S+)$/m);
  const scrape = async () => readMetrics(await (await fetch(url)).text());
  const health = async () => {
    const response = await fetch(url.replace('/metrics', '/healthz'));
    return `${response.status} ${(await response.text()).trim()}`;
  };
  return { server, control: { address, port: 2121 }, scrape, health };
}

async function stop({ server }: Service): Promise<void> {
  server.child.kill('SIGTERM');
  expect((await server.ended).status).toBe(143);
}

const COUNT = 'port20_server_data_connections_total{binder="reuse-port",command="RETR",outcome="completed"}';
const ANSWERED = /^port20_server_worker_answered\{pid="(\d+)"\}$/;

/** Every series that may only go up. */
function counters(values: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...values].filter(([series]) => /_(?:total|count|sum|bucket)(?:\{|$)/.test(series)));
}

function pidsIn(values: ReadonlyMap<string, number>): number[] {
  return [...values.keys()].flatMap((series) => ANSWERED.exec(series)?.[1] ?? []).map(Number);
}

/** Of two; what is no pid must not get as far as kill(2), to which 0 is a whole process group. */
function twoPids(values: ReadonlyMap<string, number>): readonly [number, number] {
  const [first, second] = pidsIn(values);
  if (!first || !second) throw new Error(`no pids of two workers in ${[...values.keys()].join(' ')}`);
  return [first, second];
}

/** What both of two workers have served, and who: four sessions with two transfers each. */
async function transfers(service: Service): Promise<RawClient[]> {
  const clients = await Promise.all(Array.from({ length: 4 }, () => RawClient.loggedIn(service.control)));
  for (const client of clients) {
    for (let n = 0; n < 2; n++) {
      const listener = await client.announce();
      expect((await client.fetch('RETR f', listener)).last).toMatch(/^226 /);
      await listener.close();
    }
  }
  return clients;
}

it('are sums over all workers, exact when they are asked for, and never go back when one is killed', async () => {
  const service = await serving(['--workers', '2']);
  await transfers(service);
  const before = await service.scrape();
  expect(before.get(COUNT)).toBe(8);
  const pids = twoPids(before);
  expect(pids.map((pid) => before.get(`port20_server_sessions{pid="${pid}"}`))).toEqual([2, 2]);
  const [victim] = pids;
  process.kill(victim, 'SIGKILL');
  let last = before;
  while (pidsIn(last).length < 2 || pidsIn(last).includes(victim)) {
    await systemClock.sleep(5);
    const next = await service.scrape();
    for (const [series, value] of counters(last))
      expect([series, next.get(series) ?? 0]).toEqual([series, Math.max(value, next.get(series) ?? 0)]);
    last = next;
  }
  expect(last.get(COUNT)).toBe(8);
  expect(last.get('port20_server_processes_lost_total')).toBe(1);
  expect(last.get('port20_server_processes')).toBe(2);
  expect(last.has(`port20_server_sessions{pid="${victim}"}`)).toBe(false);
  await transfers(service);
  expect((await service.scrape()).get(COUNT)).toBe(16);
  expect(await service.health()).toBe('200 ok');
  await stop(service);
});

it('have what a worker told last when it does not answer, and say so', async () => {
  const service = await serving(['--workers', '2']);
  await transfers(service);
  const before = await service.scrape();
  const [stopped, other] = twoPids(before);
  process.kill(stopped, 'SIGSTOP');
  try {
    for (let n = 0; n < 2; n++) {
      const values = await service.scrape();
      expect(values.get(COUNT)).toBe(8);
      expect(values.get(`port20_server_worker_answered{pid="${stopped}"}`)).toBe(0);
      expect(values.get(`port20_server_worker_answered{pid="${other}"}`)).toBe(1);
    }
  } finally {
    process.kill(stopped, 'SIGCONT');
  }
  while ((await service.scrape()).get(`port20_server_worker_answered{pid="${stopped}"}`) !== 1);
  await stop(service);
});

it('have what a worker counted that ended in order', async () => {
  const service = await serving(['--workers', '2']);
  const clients = await transfers(service);
  const [leaver] = twoPids(await service.scrape());
  process.kill(leaver, 'SIGTERM'); // with nothing asked since its last transfers
  let values = await service.scrape();
  while (pidsIn(values).includes(leaver)) values = await service.scrape();
  expect(values.get(COUNT)).toBe(8);
  expect(values.get('port20_server_sessions_begun_total')).toBeGreaterThanOrEqual(clients.length);
  await stop(service);
});

it.each(['1', '2'])(
  'have the clients that were turned away, whichever of %s processes did it',
  async (workers) => {
    const service = await serving(['--workers', workers, '--max-sessions-per-address', '1']);
    const client = await RawClient.loggedIn(service.control);
    for (let n = 0; n < 3; n++) expect((await RawClient.connect(service.control)).greeting).toMatch(/^421 /);
    const reason = 'Too many sessions from your address, try again later.';
    const values = await service.scrape();
    expect(values.get(`port20_server_sessions_refused_total{reason="${reason}"}`)).toBe(3);
    expect(values.get('port20_server_sessions_begun_total')).toBe(1);
    await client.quit();
    await stop(service);
  },
);

it('are those of one process as well, with its data port and what it is', async () => {
  const service = await serving([]);
  await transfers(service);
  const values = await service.scrape();
  expect(values.get(COUNT)).toBe(8);
  expect(values.get('port20_server_data_port_time_wait_sockets')).toBe(8);
  expect([...values.keys()].filter((series) => series.includes('binder="reuse-port",command'))).toHaveLength(
    1,
  );
  expect([...values.keys()].join('\n')).toMatch(
    /build_info\{version="\d+\.\d+\.\d+",node="\d+\.[^"]+",binder="reuse-port"\}/,
  );
  expect(await service.health()).toBe('200 ok');
  await stop(service);
});

it.each([
  ['127.0.0.1:99999', 2, /'127\.0\.0\.1:99999' is not address:port/],
  ['metrics', 2, /'metrics' is not address:port/],
  ['192.0.2.1:9120', 3, /metrics cannot be served: 192\.0\.2\.1 is not an address of this machine/],
])('--metrics %s is refused in one line', async (value, status, line) => {
  for (const workers of ['1', '2']) {
    const place = ['--listen', `${ownAddress()}:2121`, '--workers', workers];
    const { stderr, ...ended } = await run(['serve', ...place, '--metrics', value]);
    expect(ended.status).toBe(status);
    if (status === 3) expectOneLine({ stderr, ...ended }, status, line);
    else expect(stderr).toMatch(line);
  }
});
