// Sentences made from numbers: what each says, when it is said, and that any part of a plan may be missing.
import { describe, expect, it } from '@jest/globals';
import { BINDER_NAMES, type BinderName } from '../../../src/binder/types.ts';
import { type Finding, findings } from '../../../src/report/text/findings.ts';
import type { BlockResult, RunResult } from '../../../src/result/types.ts';
import { sampleBlock, samplePlan, sampleResult, sampleScenario } from '../sample-result.ts';

describe('findings', () => {
  it('of the sample', () => {
    expect(findings(sampleResult())).toMatchSnapshot();
  });

  it('name the firewall where nothing comes through it', () => {
    const failures = { 'timeout.connect': 20 };
    const sentence = (contestant: BinderName, network: 'none' | 'firewall-port-20') =>
      textsOf(
        runOf(blocksOf({ contestant, binder: contestant, failed: 20, failures }), {
          requested: planOf({ network }, contestant),
        }),
        'seen',
      )[0] ?? '';
    const why = 'admits data connections from port 20 alone, and these come from any port';
    expect(sentence('ephemeral', 'firewall-port-20')).toContain(why);
    expect(sentence('ephemeral', 'none')).not.toContain(why);
    expect(sentence('reuse-port', 'firewall-port-20')).not.toContain(why);
  });

  it('put the reasons for doubt first', () => {
    const [reuse] = blocksOf({});
    if (reuse === undefined) throw new Error('no block');
    // What a block warns of is in the warnings of the run, too: it is said once.
    const place = { scenario: 'downloads-64', contestant: 'reuse-port', blocks: 2 };
    const warnings = [{ id: 'no-overlap', ...place } as const];
    const blocks: BlockResult[] = [
      { ...reuse, warnings: [{ id: 'no-overlap' }] },
      { ...reuse, index: 1, warnings: [{ id: 'no-overlap' }] },
      { ...reuse, index: 2, valid: false, problems: [{ id: 'transfers-without-record', transfers: 4 }] },
    ];
    const result = runOf(blocks, { valid: false, partial: true, warnings });
    expect(textsOf(result, 'caution')).toEqual([
      'The run was ended early: 3 of 8 blocks were run.',
      "1 of 3 blocks is invalid and left out: 4 transfers without a record of the server's.",
      'downloads-64/reuse-port: never two data connections at once: a block without overlap proves nothing (2 blocks)',
    ]);
  });

  it('do not take transfers that never overlapped for a success', () => {
    const result = runOf(blocksOf({ peakSockets: 1, peakProcesses: 1 }));
    expect(textsOf(result, 'caution').join()).toContain(
      'reuse-port never had two live sockets on L-1 at once',
    );
    expect(textsOf(result, 'seen').join()).not.toContain('live sockets');
  });

  it('count the kinds of failure', () => {
    const failures = {
      'bind.EADDRINUSE': 20,
      'timeout.reply': 3,
      'reply.550': 4,
      corrupted: 1,
      'connect.EADDRNOTAVAIL': 2,
    };
    const [first] = textsOf(runOf(blocksOf({ failed: 30, failures })), 'seen');
    expect(first).toContain(
      '120 at bind with EADDRINUSE, 24 with reply 550, 18 by timeout (reply) and 18 in other ways.',
    );
  });

  it('blame TIME_WAIT only where the server closes first', () => {
    const failing = blocksOf({ contestant: 'legacy', failed: 40 });
    const sentence = (direction: 'retr' | 'stor'): string =>
      textsOf(
        runOf(failing, { requested: planOf({ mix: [{ value: direction, weight: 1 }] }, 'legacy') }),
        'seen',
      )[0] ?? '';
    expect(sentence('retr')).toContain('through the transfer and TIME_WAIT');
    expect(sentence('stor')).toContain('until the transfer has ended');
    expect(sentence('stor')).not.toContain('TIME_WAIT');
  });

  it('compare loads only where nothing but the sessions differs', () => {
    const other = sampleResult().requested.scenarios.map((scenario, index) => ({
      ...scenario,
      fileSize: { kind: 'fixed' as const, bytes: 10 + index },
    }));
    const result = sampleResult({ requested: samplePlan({ scenarios: other }) });
    expect(textsOf(result, 'seen').join()).not.toContain('intervals do not overlap');
    expect(textsOf(sampleResult(), 'seen').join()).toContain(
      'legacy-bsd failed more at 64 sessions (41.5 %) than at 8 (11.9 %)',
    );
  });

  it('tell strategies of one verdict in one sentence, with their points in each scenario', () => {
    const requested = samplePlan({ baseline: 'legacy-bsd' });
    expect(against('legacy-bsd', sampleResult({ requested }))).toMatchSnapshot();
  });

  it('say how many blocks would settle what Holm leaves open', () => {
    const requested = samplePlan({ baseline: 'legacy-bsd', blocks: 6 });
    const six = sampleResult({ requested, blocks: sampleBlocks.filter(({ index }) => index < 6) });
    expect(against('legacy-bsd', six)).toMatchSnapshot();
  });

  it('claim no difference from the two blocks that a run got to', () => {
    const result = sampleResult({ blocks: sampleBlocks.filter(({ index }) => index < 2), partial: true });
    expect(against('legacy', result)).toMatchSnapshot();
  });

  it('leave it to the warning of the run that two planned blocks support no claim', () => {
    const blocks = sampleBlocks.filter(({ index }) => index < 2);
    const result = sampleResult({ requested: samplePlan({ blocks: 2 }), blocks });
    expect(result.comparisons.map(({ verdict }) => verdict)).toContain('inconclusive');
    expect(against('legacy', result)).toEqual([]);
  });

  it('name strategies without a pair of blocks', () => {
    const blocks = sampleBlocks.filter(
      ({ contestant, scenario }) => contestant !== 'ephemeral' || scenario === 'downloads-8',
    );
    expect(against('legacy', sampleResult({ blocks })).at(-1)).toBe(
      'Against legacy: ephemeral cannot be compared in downloads-64: no pair of blocks.',
    );
  });

  it('tell the processes of each strategy where they differ', () => {
    const alone = blocksOf({ contestant: 'legacy-bsd', peakSockets: 3, peakProcesses: 1 });
    const requested = samplePlan({ binders: ['legacy-bsd', 'reuse-port'], scenarios: [sampleScenario()] });
    expect(textsOf(runOf([...alone, ...blocksOf({})], { requested }), 'seen')).toContain(
      'Most live sockets on the data port at once: 3 (legacy-bsd) and 12 (reuse-port); most processes that held some at once: 1 (legacy-bsd) and 2 (reuse-port).',
    );
  });
});

const sampleBlocks = sampleResult().blocks;

function blocksOf(changes: Partial<BlockResult>): BlockResult[] {
  return [0, 1, 2, 3, 4, 5].map((index) => sampleBlock({ index, ...changes }));
}

function planOf(scenario: Partial<RunResult['requested']['scenarios'][number]>, binder: BinderName) {
  return samplePlan({ binders: [binder], baseline: binder, scenarios: [sampleScenario(scenario)] });
}

function runOf(blocks: readonly BlockResult[], changes: Partial<RunResult> = {}): RunResult {
  return sampleResult({ blocks, requested: planOf({}, binderOf(blocks)), ...changes });
}

function binderOf([block]: readonly BlockResult[]): BinderName {
  return BINDER_NAMES.find((name) => name === block?.contestant) ?? 'reuse-port';
}

function against(baseline: string, result: RunResult): string[] {
  return textsOf(result, 'verdict').filter((text) => text.startsWith(`Against ${baseline}:`));
}

function textsOf(result: RunResult, kind: Finding['kind']): string[] {
  return findings(result).flatMap((finding) => (finding.kind === kind ? [finding.text] : []));
}

describe('the end', () => {
  it('is told of a run that was conclusive before its last block, and of no other', () => {
    const said = (endedBy: RunResult['endedBy']) =>
      findings(sampleResult({ endedBy })).filter(({ text }) => text.startsWith('The run ended after'));
    expect(said('plan')).toEqual([]);
    expect(said('conclusive')).toEqual([
      {
        kind: 'seen',
        text: 'The run ended after 8 blocks of each strategy, of 8 at the most: every comparison was settled.',
      },
    ]);
  });
});
