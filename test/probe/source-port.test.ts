// Where a server dials from, concluded from every data connection that nothing stood in the way of.
import { describe, expect, it } from '@jest/globals';
import { type Facts, fixedSource, type TransferFact } from '../../src/probe/server/facts.ts';
import { sourcePort } from '../../src/probe/server/traits/source.ts';

const SERVER = { address: '127.0.0.1', port: 2121 };

/** Ports of the three transfers that a probe begins with, and of the connections after them. */
function facts(first: readonly number[], others: readonly number[], dataPort = 2120): Facts {
  const transfers = first.map(
    (port): TransferFact => ({
      ...{ from: { address: '127.0.0.1', port }, beforeCommand: false, end: 'fin-first', uid: undefined },
    }),
  );
  return { server: SERVER, dataPort, transfers, others } as unknown as Facts;
}

describe('the source port', () => {
  it.each([
    ['L-1', [2120, 2120, 2120], [2120, 2120, 2120], 2120, 'certain'],
    ['another each time', [40_001, 40_003, 40_005], [40_007, 40_009], 'ephemeral', 'certain'],
    [
      'the same three times by accident',
      [32_801, 32_801, 32_801],
      [32_803, 32_805, 32_807, 32_809],
      'ephemeral',
      'likely',
    ],
    [
      'the same three times, and once another',
      [32_801, 32_801, 32_801],
      [32_801, 32_803],
      'several',
      'likely',
    ],
    ['always one that nobody knew of', [32_801, 32_801, 32_801], [32_801], 32_801, 'likely'],
  ] as const)('%s', (_, first, others, value, confidence) => {
    expect(sourcePort.conclude(facts(first, others))).toMatchObject({ value, confidence });
  });

  it('is as expected where it was named beforehand', () => {
    expect(sourcePort.conclude(facts([20, 20, 20], [20], 20))).toMatchObject({
      ...{ value: 20, confidence: 'certain', found: '20, as expected' },
    });
  });

  it('is fixed for the other experiments only if every connection had it', () => {
    expect(fixedSource(facts([32_801, 32_801, 32_801], [32_803]))).toBeUndefined();
    expect(fixedSource(facts([2120, 2120, 2120], [2120]))?.port).toBe(2120);
  });
});
