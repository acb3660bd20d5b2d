// Results that lack something: of an older version, cut short, invalid, of other servers, of many strategies, of nothing.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { formatHtml } from '../../../src/report/html/page.ts';
import { readRunResult } from '../../../src/result/read.ts';
import type { BlockResult } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleScenario } from '../sample-result.ts';
import { all, documentOf, pageOf, textOf } from './document.ts';

const figuresOf = (page: string) => all(documentOf(page), 'figure').map(({ id }) => id);

const planOf = (changes: Parameters<typeof samplePlan>[0]) =>
  samplePlan({ scenarios: [sampleScenario()], baseline: 'reuse-port', ...changes });

describe('a result', () => {
  it('of format version 1 has no timelines', () => {
    const file = new URL('../../../fixtures/results/format-1.json', import.meta.url);
    const page = formatHtml(readRunResult(JSON.parse(readFileSync(file, 'utf8'))));
    expect(figuresOf(page)).toEqual(['rates', 'differences', 'waits', 'transfer-times']);
    expect(documentOf(page).querySelector('#over-time')).toBeNull();
    expect(page).not.toMatch(/NaN|undefined/);
  });

  it('that is invalid says so before any number', () => {
    const blocks = [
      sampleBlock({ valid: false, problems: [{ id: 'transfers-without-record', transfers: 4 }] }),
    ];
    const document = documentOf(
      pageOf({ blocks, valid: false, requested: planOf({ binders: ['reuse-port'] }) }),
    );
    expect(textOf(document, '#verdict')).toMatch(
      /^Verdict This run is invalid: its numbers must not be used/,
    );
    expect(textOf(document, '.cautions')).toContain('4 transfers without a record of the server');
    expect(all(document, 'figure')).toEqual([]);
  });

  it('that was ended early says so', () => {
    const document = documentOf(pageOf({ partial: true, endedBy: 'interrupt' }));
    expect(textOf(document, 'header')).toContain('ended early');
    expect(textOf(document, '.cautions')).toContain('Caution: The run was ended early');
  });

  it('that was taken up again says when', () => {
    const document = documentOf(pageOf({ resumed: [{ at: '2026-02-20T09:05:00.000Z', blocksDone: 7 }] }));
    expect(textOf(document, '#environment')).toContain('2026-02-20 09:05:00 UTC, after 7 blocks');
  });

  it('of another server has no binds and no waits', () => {
    const told: Partial<BlockResult> = {
      serverView: false,
      bindCalls: null,
      contention: null,
      contestant: 'vsftpd',
    };
    const blocks = [0, 1].map((index) => sampleBlock({ ...told, index }));
    const requested = planOf({ binders: [], peers: ['vsftpd'], baseline: 'vsftpd' });
    const figures = figuresOf(pageOf({ blocks, requested }));
    expect(figures).toContain('transfer-times');
    expect(figures).not.toContain('waits');
    expect(documentOf(pageOf({ blocks, requested })).querySelector('#binds')).toBeNull();
  });

  it('in which nothing failed has nothing to explain', () => {
    const blocks = [0, 1].map((index) => sampleBlock({ index }));
    const page = pageOf({ blocks, requested: planOf({ binders: ['reuse-port'] }) });
    expect(textOf(documentOf(page), '#rates p')).toMatch(/^No strategy failed:/);
    expect(textOf(documentOf(page), '#failures-over-time p')).toBe('No transfer failed at any time.');
    expect(textOf(documentOf(page), '#waits p')).toMatch(/^reuse-port had the port at once/);
    expect(figuresOf(page)).toEqual(['time-wait', 'transfer-times']);
    expect(documentOf(page).querySelector('#why')).toBeNull();
  });

  it('in which everything failed has curves that never rise', () => {
    const blocks = [0, 1].map((index) => sampleBlock({ index, completed: 0, failed: 50 }));
    const page = pageOf({ blocks, requested: planOf({ binders: ['reuse-port'] }) });
    expect(textOf(documentOf(page), '#waits h3')).toContain('0 % ever got the port');
    expect(page).not.toMatch(/NaN|undefined|Infinity/);
  });

  it('without a block is a page all the same', () => {
    const requested = planOf({ binders: ['reuse-port'] });
    const document = documentOf(pageOf({ requested, blocks: [], partial: true, endedBy: 'interrupt' }));
    expect(textOf(document, '#verdict')).toContain('Nothing is known');
    expect(textOf(document, '#strategies')).toContain('no block of it was run.');
  });

  it('of a dozen strategies has a look for each', () => {
    const binders = Array.from({ length: 12 }, () => 'reuse-port' as const);
    const blocks = binders.map((contestant, i) =>
      sampleBlock({ contestant: i === 0 ? contestant : `${contestant}#${i + 1}`, failed: i }),
    );
    const page = pageOf({ blocks, requested: planOf({ binders }) });
    expect(textOf(documentOf(page), '#rates h3')).toContain('reuse-port#12 failed most');
    expect(page).toContain('var(--series-7)');
    expect(page).not.toContain('var(--series-8)');
  });
});
