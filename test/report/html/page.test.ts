// The page as a whole: its parts and their order, and that it is readable without seeing it.
import { beforeAll, describe, expect, it } from '@jest/globals';
import { KERNEL_REPORT } from '../probe/sample-kernel-report.ts';
import { sampleResult } from '../sample-result.ts';
import { all, documentOf, type Element, pageOf, textOf } from './document.ts';

let page: Element;
beforeAll(() => {
  page = documentOf(pageOf({}, { truthTable: KERNEL_REPORT, command: 'port20 stress --seed 20' }));
});

describe('the page', () => {
  it('has its sections in order, the verdict first', () => {
    expect(all(page, 'section').map(({ id }) => id)).toEqual([
      ...[
        'verdict',
        'strategies',
        'failures',
        'why',
        'over-time',
        'effort',
        'truth-table',
        'environment',
        'reproduce',
      ],
    ]);
  });

  it('names its language, its plan and its day', () => {
    expect(page.getAttribute('lang')).toBe('en');
    expect(textOf(page, 'title')).toBe('port20: collisions, 2026-02-20');
    expect(textOf(page, 'h1')).toContain('collisions');
  });

  it('skips no level of headings', () => {
    const levels = all(page, 'h1, h2, h3, h4').map(({ tagName }) => Number(tagName.slice(1)));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    expect(levels.filter((level, i) => level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
  });

  it('gives an id once, and labels only by ids that are there', () => {
    const ids = all(page, '[id]').map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const named = all(page, '[aria-labelledby]').flatMap((one) =>
      (one.getAttribute('aria-labelledby') ?? '').split(' '),
    );
    expect(named.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('begins with its contents, which lead to every section and scenario', () => {
    const targets = all(page, 'nav a').map((link) => (link.getAttribute('href') ?? '').slice(1));
    const scenarios = all(page, '.scenario').map(({ id }) => id);
    expect(targets).toEqual([
      ...['verdict', 'strategies', ...scenarios, 'failures', 'why', 'over-time', 'effort'],
      ...['truth-table', 'environment', 'reproduce'],
    ]);
    const ids = all(page, 'nav, [id]').map(({ id, tagName }) => id || tagName);
    expect(ids[0]).toBe('NAV');
    expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('tells the verdict before anything else: one sentence, how sure it is, and what a firewall blocks', () => {
    const told = all(page, '.verdict p').map(({ textContent }) => textContent.replace(/\s/g, ' '));
    expect(told).toEqual([
      expect.stringMatching(
        /^legacy failed 97\.6 to 98\.3 % of its transfers and legacy-bsd 11\.9 to 41\.5 %, most at 64 sessions .*; reuse-addr, .* failed none of 401 818 transfers\b/,
      ),
      expect.stringMatching(/^95 % sure: legacy 97\.3–98\.9 % /),
      expect.stringMatching(
        /^A firewall that admits only the data port .* blocked all of the data connections of ephemeral/,
      ),
    ]);
  });

  it('says of a run under way how far it is, in one sentence, and folds the rest', () => {
    const { blocks } = sampleResult();
    const some = documentOf(pageOf({ blocks: blocks.slice(0, 20) }));
    expect(textOf(some, '.verdict .about')).toBe('After 20 of 96 blocks');
    expect(all(some, '.verdict .answer')).toHaveLength(1);
    expect(all(some, '.verdict p')).toHaveLength(2);
    expect(all(some, '#verdict details li').length).toBeGreaterThan(0);
  });

  it('has the columns of the terminal, each header in one piece', () => {
    const heads = all(page, '#strategies table th[scope=col]').map(({ textContent }) => textContent);
    expect(heads).toEqual(
      expect.arrayContaining(['strategy', 'completed', 'failure rate', 'transfers/s', 'peak on L-1']),
    );
  });

  it('shows the command, the seed and the plan', () => {
    expect(textOf(page, '#reproduce')).toContain('npx port20 stress plan.yaml --seed 20');
    expect(textOf(page, '#reproduce pre')).toBe('port20 stress --seed 20');
    expect(textOf(page, '#reproduce details pre')).toContain('name: collisions');
  });

  it('tells each setting of the kernel once, under its whole name', () => {
    const text = textOf(page, 'main');
    expect(text.match(/\S*tcp_timestamps/g)).toEqual(['net.ipv4.tcp_timestamps']);
  });

  it('gives no part a class that no rule of its style names', () => {
    const style = textOf(page, 'style');
    const classes = all(page, 'body [class]').flatMap((one) => one.getAttribute('class')?.split(' ') ?? []);
    expect([...new Set(classes)].filter((name) => !style.includes(`.${name}`))).toEqual([]);
  });

  it('leaves the truth table out where there is none', () => {
    expect(documentOf(pageOf()).querySelector('#truth-table')).toBeNull();
  });

  it('says when the truth table is of another kernel than the run', () => {
    const { host } = { host: { ...SAMPLE_HOST, truthTableDigest: 'another' } };
    const other = documentOf(pageOf({ host }, { truthTable: KERNEL_REPORT }));
    expect(textOf(other, '#truth-table')).toContain('a kernel with another table');
    expect(textOf(page, '#truth-table')).not.toContain('another table');
  });
});

const SAMPLE_HOST = {
  ...{ platform: 'linux', kernel: '6.18.5', arch: 'x64', node: '20.20.2', cpus: 2, cpuModel: null },
  ...{ descriptorLimit: null, loopback: true, memoryBytes: 8e9, truthTableDigest: null, sysctls: {} },
};
