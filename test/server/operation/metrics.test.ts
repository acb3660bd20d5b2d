// What one process counts, and how it is served: bounded labels, names by Prometheus' rules, two paths and nothing else.

import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { publishSessionRefused } from '../../../src/server/control/session-record.ts';
import { publishRecord } from '../../../src/server/data/record.ts';
import { type MetricsServer, type Served, serveMetrics } from '../../../src/server/operation/metrics/http.ts';
import { countRecords } from '../../../src/server/operation/metrics/process-metrics.ts';
import {
  createServiceMetrics,
  type ServiceFacts,
} from '../../../src/server/operation/metrics/service-metrics.ts';
import { registryOf } from '../../../src/server/operation/metrics/worker-snapshots.ts';
import { record } from '../../run/samples.ts';
import { ownAddress, ownPort } from '../../support/loopback.ts';
import { readMetrics, readTypes } from '../../support/prometheus.ts';
import { RawClient } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

async function counting(test: (values: () => Promise<Map<string, number>>) => Promise<void>): Promise<void> {
  const metrics = countRecords();
  try {
    await test(async () => readMetrics(await registryOf([await metrics.snapshot()]).metrics()));
  } finally {
    metrics.stop();
  }
}

const NAME = 'port20_server_';

describe('what is counted', () => {
  it('data connections by binder, command and outcome; failures by phase and errno; bytes, binds and waits', () =>
    counting(async (values) => {
      publishRecord(() => record(1, { kind: 'completed' }, { bytes: 100, bindCalls: 3, waitedMs: 1500 }));
      publishRecord(() => record(2, { kind: 'aborted', phase: 'transfer' }, { bytes: 10, direction: 'in' }));
      for (const code of ['EADDRINUSE', 'EADDRINUSE', 'ERR_FROM_SOMEWHERE', 'x'.repeat(100)]) {
        publishRecord(() => record(3, { kind: 'failed', phase: 'bind', code }, { bytes: 0 }));
      }
      const found = await values();
      const get = (series: string) => found.get(NAME + series);
      const connections = (outcome: string) =>
        get(`data_connections_total{binder="legacy",command="RETR",outcome="${outcome}"}`);
      expect([connections('completed'), connections('aborted'), connections('failed')]).toEqual([1, 1, 4]);
      const failures = (errno: string) =>
        get(`data_connection_failures_total{binder="legacy",phase="bind",errno="${errno}"}`);
      expect([failures('EADDRINUSE'), failures('other')]).toEqual([2, 2]);
      expect([get('data_bytes_total{direction="out"}'), get('data_bytes_total{direction="in"}')]).toEqual([
        100, 10,
      ]);
      expect(get('bind_calls_total{binder="legacy"}')).toBe(3 + 5);
      expect(get('bind_wait_seconds_bucket{le="1",binder="legacy"}')).toBe(5);
      expect(get('bind_wait_seconds_bucket{le="2.5",binder="legacy"}')).toBe(6);
      expect(get('bind_wait_seconds_sum{binder="legacy"}')).toBe(1.5);
      const phases = ['bind', 'connect', 'transfer'];
      const reached = phases.map((phase) => get(`phase_seconds_count{binder="legacy",phase="${phase}"}`));
      expect(reached).toEqual([6, 2, 2]);
    }));

  it('refused sessions by reason, of which there are never more than twenty and `other`', () =>
    counting(async (values) => {
      const peer = { address: '127.0.0.1', port: 1 };
      for (let n = 0; n < 100; n++) publishSessionRefused(0, peer, `reason ${n}`);
      publishSessionRefused(0, peer, 'reason 3');
      const series = [...(await values())].filter(([name]) =>
        name.startsWith(`${NAME}sessions_refused_total`),
      );
      expect(series).toHaveLength(21);
      expect(new Map(series).get(`${NAME}sessions_refused_total{reason="reason 3"}`)).toBe(2);
      expect(new Map(series).get(`${NAME}sessions_refused_total{reason="other"}`)).toBe(80);
    }));

  it('sessions, logins, changes of files and refusals of a server', () =>
    counting((values) =>
      serving({ write: true, loginDelayMs: 0 }, async ({ address, root, server }) => {
        await mkdir(join(root, 'folder'));
        await writeFile(join(root, 'f'), 'content');
        const client = await RawClient.loggedIn(address);
        const other = await RawClient.connect(address);
        await other.command('USER root');
        await other.command('PASS x');
        for (const line of ['RMD folder', 'RMD folder', 'DELE f', 'CWD folder', 'SIZE f'])
          await client.command(line);
        const found = await values();
        const get = (series: string) => found.get(NAME + series);
        expect(get(`sessions{pid="${process.pid}"}`)).toBe(2);
        expect([get('logins_total{outcome="accepted"}'), get('logins_total{outcome="refused"}')]).toEqual([
          1, 1,
        ]);
        expect(get('file_changes_total{command="RMD",outcome="done"}')).toBe(1);
        expect(get('file_changes_total{command="RMD",outcome="refused"}')).toBe(1);
        expect(get('file_changes_total{command="DELE",outcome="done"}')).toBe(1);
        expect(get('refusals_total{command="SIZE",reply_code="550"}')).toBe(1);
        await Promise.all([client.quit(), other.quit()]);
        await server.close();
        const after = await values();
        expect(after.get(`${NAME}sessions{pid="${process.pid}"}`)).toBe(0);
        expect(after.get(`${NAME}sessions_begun_total`)).toBe(2);
      }),
    ));

  it('lines that the logs have lost', async () => {
    let lost = 0;
    const metrics = countRecords({ log: () => lost });
    const value = async () =>
      readMetrics(await registryOf([await metrics.snapshot()]).metrics()).get(
        `${NAME}log_lines_lost_total{log="log"}`,
      );
    expect(await value()).toBe(0);
    lost = 5;
    expect([await value(), await value()]).toEqual([5, 5]);
    metrics.stop();
  });
});

const FACTS: ServiceFacts = { binder: 'reuse-port', dataPorts: () => [], serving: () => 1, losses: () => 0 };

describe('the text', () => {
  it("has names, units and help by Prometheus' rules, each family once", async () => {
    const service = createServiceMetrics(FACTS, { log: () => 0 });
    publishRecord(() => record(1));
    const text = await service.text();
    service.stop();
    const types = readTypes(text);
    expect(types.size).toBeGreaterThan(15);
    expect([...text.matchAll(/^# TYPE /gm)]).toHaveLength(types.size);
    for (const [name, type] of types) {
      expect(name).toMatch(/^port20_server_[a-z]+(?:_[a-z]+)*$/);
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
      expect(name).not.toMatch(/_(?:ms|milliseconds|kilobytes|count|sum|bucket)(?:_|$)/);
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S.*\\.$`, 'm'));
    }
    for (const series of readMetrics(text).keys()) expect(series).toMatch(/^[a-z0-9_]+(?:\{.+\})?$/);
  });

  it.each(['its address', '0.0.0.0'])('counts what waits on the data port, listening on %s', (host) =>
    serving({}, async (one: Serving) => {
      await writeFile(join(one.root, 'f'), 'content');
      const client = await RawClient.loggedIn(one.address);
      for (let n = 0; n < 3; n++) {
        const listener = await client.announce();
        await client.fetch('RETR f', listener);
        await listener.close();
      }
      const address = host === '0.0.0.0' ? host : one.address.address;
      const service = createServiceMetrics({ ...FACTS, dataPorts: () => [{ address, port: 2120 }] }, {});
      const waiting = readMetrics(await service.text()).get(`${NAME}data_port_time_wait_sockets`);
      service.stop();
      if (host === '0.0.0.0')
        expect(waiting).toBeGreaterThanOrEqual(3); // other tests' are among them
      else expect(waiting).toBe(3);
      await client.quit();
    }),
  );

  it('are counted once, however many addresses are listened on', () => {
    const dataPort = ownPort(); // nobody else's, whatever the address
    return serving({ dataPort }, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'content');
      const client = await RawClient.loggedIn(address);
      for (let n = 0; n < 3; n++) {
        const listener = await client.announce();
        await client.fetch('RETR f', listener);
        await listener.close();
      }
      const own = address.address;
      for (const [count, ...all] of [
        [3, own],
        [3, own, own],
        [3, own, '::1', ownAddress()],
        [3, own, '0.0.0.0'],
        [3, '0.0.0.0', own],
        [3, '::', own, '0.0.0.0', '::1'],
        [3, own, '0.0.0.0', '::', '::'],
        [0, ownAddress(), '::1'],
      ] as const) {
        const places = all.map((address) => ({ address, port: dataPort }));
        const elsewhere = places.map((place) => ({ ...place, port: dataPort - 1 }));
        const service = createServiceMetrics({ ...FACTS, dataPorts: () => [...places, ...elsewhere] }, {});
        const waiting = readMetrics(await service.text()).get(`${NAME}data_port_time_wait_sockets`);
        service.stop();
        expect([waiting, ...all]).toEqual([count, ...all]);
      }
      await client.quit();
    });
  });
});

describe('the server of metrics', () => {
  async function served(
    what: Partial<Served>,
    test: (server: MetricsServer) => Promise<void>,
  ): Promise<void> {
    const all: Served = { metrics: async () => 'port20_x 1\n', problem: () => undefined, ...what };
    const server = await serveMetrics({ address: ownAddress(), port: 0 }, all);
    try {
      await test(server);
    } finally {
      await server.close();
    }
  }

  /** Status and body; what they are in the header. */
  async function ask(
    { address: { address, port } }: MetricsServer,
    path: string,
    method = 'GET',
  ): Promise<{ readonly answer: string; readonly type: string | undefined }> {
    const asked = request({ host: address, port, path, method, agent: false }).end();
    const [response] = await once(asked, 'response');
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk;
    return { answer: `${response.statusCode} ${body}`, type: response.headers['content-type'] };
  }

  it('answers GET and HEAD of two paths, and nothing else', () =>
    served({}, async (server) => {
      const { answer, type } = await ask(server, '/metrics');
      expect([answer, type]).toEqual(['200 port20_x 1\n', 'text/plain; version=0.0.4; charset=utf-8']);
      expect((await ask(server, '/metrics?name=x')).answer).toBe('200 port20_x 1\n');
      expect((await ask(server, '/metrics', 'HEAD')).answer).toBe('200 ');
      expect((await ask(server, '/healthz')).answer).toBe('200 ok\n');
      expect((await ask(server, '/')).answer).toMatch(/^404 .*\/metrics/);
      for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
        expect((await ask(server, '/metrics', method)).answer).toBe('405 GET or HEAD only\n');
      }
    }));

  it('says 503 and why while nobody serves, and 500 when the numbers cannot be had', () =>
    served(
      { problem: () => 'no process serves', metrics: () => Promise.reject(new Error('no numbers')) },
      async (server) => {
        expect((await ask(server, '/healthz')).answer).toBe('503 no process serves\n');
        expect((await ask(server, '/metrics')).answer).toBe('500 no numbers\n');
      },
    ));

  it('is told in one line when its port is in use', async () => {
    const other = createServer().listen(0, ownAddress());
    await once(other, 'listening');
    const { address, port } = other.address() as { address: string; port: number };
    const served: Served = { metrics: async () => '', problem: () => undefined };
    await expect(serveMetrics({ address, port }, served)).rejects.toThrow(
      `metrics cannot be served: ${address}:${port} is in use by another server: stop it, or listen elsewhere`,
    );
    other.close();
    await once(other, 'close');
  });

  it('answers beside any number of connections that ask nothing, or not to the end, or again and again', () =>
    served({}, async (server) => {
      const { address: host, port } = server.address;
      const agent = new Agent({ keepAlive: true });
      const again = () =>
        new Promise<number | undefined>((resolve, reject) => {
          const asked = request({ host, port, path: '/healthz', agent }, (response) =>
            response.resume().once('end', () => resolve(response.statusCode)),
          );
          asked.once('error', reject).end();
        });
      const idle: Socket[] = [];
      for (let n = 0; n < 200; n++) {
        const socket = connect({ host, port }).on('error', () => {});
        await once(socket, 'connect');
        if (n % 2 === 0) socket.write('GET /metrics HTTP/1.1\r\n');
        idle.push(socket);
        if (n % 10 === 0) expect(await again()).toBe(200);
      }
      expect((await ask(server, '/healthz')).answer).toBe('200 ok\n');
      agent.destroy();
      for (const socket of idle) socket.destroy();
    }));

  it('answers who has asked, however many come meanwhile', () => {
    let answer = (_: string) => {};
    let isAsked = () => {};
    const asked = new Promise<void>((resolve) => {
      isAsked = resolve;
    });
    const metrics = () => {
      isAsked();
      return new Promise<string>((resolve) => {
        answer = resolve;
      });
    };
    return served({ metrics }, async (server) => {
      const { address, port } = server.address;
      const asking = connect({ host: address, port }).on('error', () => {});
      asking.write('GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n');
      await asked;
      for (let n = 0; n < 50; n++) {
        const socket = connect({ host: address, port }).on('error', () => {});
        await once(socket, 'connect');
      }
      answer('port20_x 2\n');
      const [head] = await once(asking, 'data'); // who asked before others came is answered
      expect(String(head)).toMatch(/^HTTP\/1.1 200 /);
    });
  });

  it('closes at once, whoever is still connected', () =>
    served({}, async (server) => {
      const { address, port } = server.address;
      const idle = connect({ host: address, port }).on('error', () => {});
      await once(idle, 'connect');
      idle.write('GET /metrics HTTP/1.1\r\n'); // and no more
      const closed = new Promise<string>((resolve) => {
        idle.on('close', () => resolve('closed'));
      });
      await server.close();
      expect(await closed).toBe('closed');
    }));
});
