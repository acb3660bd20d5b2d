// A run that is watched: pages and streams on real sockets, from before the first block to after the last.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Dashboard, startDashboard } from '../../src/live/dashboard.ts';
import type { Progress } from '../../src/result/progress.ts';
import type { RunResult } from '../../src/result/types.ts';
import { documentOf, textOf } from '../report/html/document.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../report/sample-result.ts';
import { closedPort, listeningPeer, openDescriptors, ownAddress } from '../support/loopback.ts';
import { ask, until, type Watcher, watch } from './watching.ts';

const PLAN = samplePlan({
  name: 'watched',
  binders: ['reuse-addr', 'reuse-port'],
  scenarios: [sampleScenario()],
  baseline: 'reuse-addr',
});

/** After so many blocks of each strategy. */
function resultAfter(blocks: number, changes: Partial<RunResult> = {}): RunResult {
  return sampleResult({
    requested: PLAN,
    resumed: [],
    partial: true,
    endedBy: 'interrupt',
    blocks: Array.from({ length: blocks }, (_, index) =>
      (['reuse-addr', 'reuse-port'] as const).map((contestant) => sampleBlock({ contestant, index })),
    ).flat(),
    ...changes,
  });
}

function progressAt(offered: number, changes: Partial<Progress> = {}): Progress {
  return {
    ...{ blocksDone: 3, blocksTotal: 16, scenario: 'downloads-64', contestant: 'reuse-port' },
    ...{ elapsedMs: 20_000, remainingMs: 65_000, offered, own: { finished: offered, failed: 2 } },
    ...changes,
  };
}

const markupOf = ({ data }: { readonly data: unknown }) => (data as { markup: string }).markup;

let dashboard: Dashboard;
let watchers: Watcher[] = [];

async function watchFrom(path: string, headers: Record<string, string> = {}): Promise<Watcher> {
  const watcher = await watch(`${dashboard.url}${path}`, headers);
  watchers.push(watcher);
  return watcher;
}

beforeEach(async () => {
  watchers = [];
  dashboard = await startDashboard({ listen: { address: ownAddress(), port: 0 }, plan: PLAN });
});

afterEach(async () => {
  for (const watcher of watchers) watcher.leave();
  await dashboard.close();
});

describe('where it listens', () => {
  it('is loopback only', async () => {
    const started = startDashboard({ listen: { address: '0.0.0.0', port: 8020 }, plan: PLAN });
    await expect(started).rejects.toMatchObject({
      code: 'ERR_USAGE',
      message:
        'the dashboard listens on loopback only, not on 0.0.0.0: take 127.0.0.1:8020, and watch it from elsewhere through ssh -L 8020:127.0.0.1:8020',
    });
  });

  it('is told by the URL', async () => {
    const listen = await closedPort(ownAddress());
    const second = await startDashboard({ listen, plan: PLAN });
    expect(second.url).toBe(`http://${listen.address}:${listen.port}/`);
    await second.close();
  });

  it('may be ::1', async () => {
    const second = await startDashboard({ listen: { address: '::1', port: 0 }, plan: PLAN });
    expect(second.url).toMatch(/^http:\/\/\[::1\]:\d+\/$/);
    expect((await ask(second.url)).status).toBe(200);
    await second.close();
  });

  it('must be free', async () => {
    const other = await listeningPeer(ownAddress());
    const { address, port } = other.endpoint;
    await expect(startDashboard({ listen: other.endpoint, plan: PLAN })).rejects.toMatchObject({
      code: 'ERR_PREFLIGHT',
      message: `${address}:${port} is in use by another server: stop it, or listen elsewhere`,
    });
    await other.close();
  });
});

describe('the page', () => {
  it('waits for the first block, with the plan', async () => {
    const page = documentOf((await ask(dashboard.url)).body);
    expect(textOf(page, '[data-live=doing]')).toBe('Starting');
    expect(textOf(page, '.numbers [data-none] [data-live=offered]')).toBe('–');
    expect(textOf(page, 'main')).toContain('The report appears here when the first block is over.');
    expect(textOf(page, 'details')).toContain('name: watched');
  });

  it('shows how far the run is, also without a script', async () => {
    dashboard.showProgress(progressAt(12_345));
    const page = documentOf((await ask(dashboard.url)).body);
    expect(textOf(page, 'title')).toBe('4/16 port20: watched');
    expect(textOf(page, '[data-live=doing]')).toBe('Block 4 of 16');
    expect(textOf(page, '[data-live=whose]')).toBe('reuse-port in downloads-64');
    expect(textOf(page, '[data-live=offered]')).toBe('12 345');
    expect(textOf(page, '[data-live=failed]')).toBe('2 of 12 345 (0.016 %)');
    expect(textOf(page, '[data-live=left]')).toMatch(/^1 min/);
    const bar = page.querySelector('progress');
    expect([bar?.getAttribute('value'), bar?.getAttribute('max')]).toEqual(['3', '16']);
  });

  it('holds the report of the blocks that are over, as of a run under way', async () => {
    dashboard.showResult(resultAfter(2));
    const page = documentOf((await ask(dashboard.url)).body);
    expect(textOf(page, 'h1')).toBe('Failure rates of active-mode FTP: watched');
    expect(page.querySelector('main #strategies svg, main figure svg')).not.toBeNull();
    expect(textOf(page, '#report')).not.toContain('ended early');
  });

  it('names in it are text', async () => {
    dashboard.showProgress(progressAt(1, { scenario: '<img src=x onerror=alert(1)>' }));
    const { body } = await ask(dashboard.url);
    expect(body).not.toContain('<img');
  });
});

describe('a result', () => {
  it('is served as it would be saved', async () => {
    const result = resultAfter(1);
    dashboard.showResult(result);
    const { headers, body } = await ask(`${dashboard.url}result.json`);
    expect(headers['content-type']).toBe('application/json');
    expect(body).toBe(`${JSON.stringify(result, null, 1)}\n`);
  });

  it('that cannot be drawn does not end the run', async () => {
    const broken = { ...resultAfter(1), host: null } as unknown as RunResult;
    dashboard.showResult(broken);
    expect((await ask(dashboard.url)).body).toContain('The report of this result cannot be drawn: ');
  });
});

describe('a page that watches', () => {
  it('gets the state at once, then what changes, then the end', async () => {
    dashboard.showProgress(progressAt(100));
    const watcher = await watchFrom('events');
    expect(await watcher.next()).toMatchObject({ event: 'progress', data: { offered: '100' } });
    dashboard.showProgress(progressAt(180));
    dashboard.showProgress(progressAt(200));
    expect(await watcher.next('progress')).toMatchObject({ data: { offered: '200' } });
    dashboard.showResult(resultAfter(1));
    expect(markupOf(await watcher.next('report'))).toContain('<main>');
    await dashboard.close();
    const last = await watcher.rest();
    expect(last.at(-1)).toMatchObject({ event: 'over' });
  });

  it('gets the last result as final when the run is over, and not as one under way', async () => {
    const watcher = await watchFrom('events');
    dashboard.showResult(resultAfter(1));
    expect(markupOf(await watcher.next('report'))).not.toContain('ended early');
    dashboard.showResult(resultAfter(2));
    await dashboard.close();
    const last = (await watcher.rest()).filter(({ event }) => event === 'report').at(-1);
    expect(last === undefined ? '' : markupOf(last)).toContain(
      'The run was ended early: 4 of 16 blocks were run.',
    );
  });

  it('gets no report that it holds already', async () => {
    dashboard.showResult(resultAfter(1));
    const have = /data-have="([^"]+)"/.exec((await ask(dashboard.url)).body)?.[1] ?? '';
    const watcher = await watchFrom(`events?have=${have}`);
    await dashboard.close();
    const first = await watcher.next();
    const events = [first, ...(await watcher.rest())].map(({ event }) => event);
    // The final one is another: this run was ended early.
    expect(events.filter((event) => event !== 'progress')).toEqual(['report', 'over']);
    expect(events.at(0)).toBe('progress');
  });

  it('that connects again gets the report that it missed', async () => {
    dashboard.showResult(resultAfter(1));
    const first = await watchFrom('events');
    const { id = '' } = await first.next('report');
    first.leave();
    const again = await watchFrom('events?have=', { 'Last-Event-ID': id.replace(/\d+$/, '0') });
    expect(await again.next('report')).toMatchObject({ id });
  });

  it('is told to load again where its run was another one', async () => {
    const watcher = await watchFrom('events?have=another-run.3');
    expect((await watcher.rest()).map(({ event }) => event)).toEqual(['reload']);
  });
});

describe('the end', () => {
  it('ends all streams, and leaves no descriptor', async () => {
    const before = openDescriptors();
    const second = await startDashboard({ listen: { address: ownAddress(), port: 0 }, plan: PLAN });
    const many = await Promise.all(Array.from({ length: 5 }, () => watch(`${second.url}events`)));
    await second.close();
    for (const watcher of many) expect((await watcher.rest()).at(-1)?.event).toBe('over');
    await expect(ask(second.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await until(() => openDescriptors() <= before);
  });

  it('may come twice, and results after it are ignored', async () => {
    await Promise.all([dashboard.close(), dashboard.close()]);
    dashboard.showResult(resultAfter(1));
    dashboard.showProgress(progressAt(1));
  });
});
