// One file: nothing is loaded, nothing runs, whatever a result holds; and it can be mailed.
import { describe, expect, it } from '@jest/globals';
import { KERNEL_REPORT } from '../probe/sample-kernel-report.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';
import { all, documentOf, pageOf, textOf } from './document.ts';

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>&amp;`;

const hostile = () => {
  const scenario = sampleScenario({ name: HOSTILE });
  const blocks = [0, 1].flatMap((index) =>
    ['legacy', 'reuse-port'].map((contestant) =>
      sampleBlock({
        ...{ scenario: HOSTILE, contestant, index, failed: 3, failures: { [`reply.${HOSTILE}`]: 3 } },
        problems: [{ id: 'broken-off', reason: HOSTILE }],
      }),
    ),
  );
  const requested = samplePlan({ name: HOSTILE, binders: ['legacy', 'reuse-port'], scenarios: [scenario] });
  const { host } = sampleResult();
  return pageOf(
    {
      requested,
      blocks,
      warnings: [{ id: 'text', text: HOSTILE }],
      host: { ...host, cpuModel: HOSTILE, sysctls: { [HOSTILE]: HOSTILE } },
    },
    { command: HOSTILE, truthTable: { ...KERNEL_REPORT, digest: HOSTILE } },
  );
};

describe('a page', () => {
  const page = pageOf({}, { truthTable: KERNEL_REPORT });
  const document = documentOf(page);

  it('loads nothing', () => {
    expect(all(document, 'link, img, iframe, object, embed, script, base, [src]')).toEqual([]);
    expect(
      all(document, '[href]').filter((one) => !/^#[a-z0-9-]+$/.test(one.getAttribute('href') ?? '')),
    ).toEqual([]);
    expect(page).not.toMatch(/url\(|@import|@font-face/);
    expect(page.match(/https?:\/\/[^"<\s]*/g) ?? []).toEqual([]);
  });

  it('forbids it, too', () => {
    const policy = document
      .querySelector('meta[http-equiv=Content-Security-Policy]')
      ?.getAttribute('content');
    expect(policy).toBe("default-src 'none'; style-src 'unsafe-inline'");
  });

  it('has no handler of events', () => {
    expect(page).not.toMatch(/<[^>]+\son\w+=/i);
  });

  it('of six strategies under two loads is small', () => {
    expect(page.length).toBeLessThan(1_000_000);
  });

  it('is the same text for the same result', () => {
    expect(pageOf({}, { truthTable: KERNEL_REPORT })).toBe(page);
  });
});

describe('names from a result', () => {
  const page = hostile();
  const document = documentOf(page);

  it('are text and never markup', () => {
    expect(all(document, 'script, img, [onerror]')).toEqual([]);
    expect(page).not.toContain('<script');
    expect(page).not.toContain('<img');
  });

  it('are shown as they are', () => {
    expect(textOf(document, 'h1')).toContain(HOSTILE);
    expect(textOf(document, '.cautions')).toContain(HOSTILE);
    expect(textOf(document, 'figure svg title')).toContain(HOSTILE);
    expect(textOf(document, '#environment')).toContain(HOSTILE);
    expect(textOf(document, '#truth-table')).toContain(HOSTILE);
  });

  it('are in no id', () => {
    expect(all(document, '[id]').filter(({ id }) => !/^[a-z0-9-]+$/.test(id))).toEqual([]);
  });
});
