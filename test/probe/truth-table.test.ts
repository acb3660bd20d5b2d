// The truth table, asked of this kernel, against what was measured by hand; and its digest.
import { describe, expect, it } from '@jest/globals';
import { digestOf, probeTruthTable } from '../../src/probe/kernel/truth-table.ts';
import { HOLDER_STATES, OPTION_SETS, type OptionSet } from '../../src/probe/types.ts';
import { openDescriptors } from '../support/loopback.ts';

const NO = 'EADDRINUSE';
const OK = 'ok';

/** Holder's options → what a new socket with none, SO_REUSEADDR, SO_REUSEPORT and both gets. Linux 6.18. */
const BESIDE_A_SOCKET: Readonly<Record<OptionSet, readonly string[]>> = {
  none: [NO, NO, NO, NO],
  addr: [NO, OK, NO, OK],
  port: [NO, NO, OK, OK],
  both: [NO, OK, OK, OK],
};
const BESIDE_A_LISTENER: Readonly<Record<OptionSet, readonly string[]>> = {
  none: [NO, NO, NO, NO],
  addr: [NO, NO, NO, NO],
  port: [NO, NO, OK, OK],
  both: [NO, NO, OK, OK],
};

describe('the truth table', () => {
  const before = openDescriptors();
  const table = probeTruthTable();
  const after = openDescriptors();

  const sections = (['IPv4', 'IPv6'] as const).flatMap((family) =>
    HOLDER_STATES.map((state) => ({ family, state })),
  );

  it.each(sections)('$family, holder in $state', ({ family, state }) => {
    const expected = state === 'listen' ? BESIDE_A_LISTENER : BESIDE_A_SOCKET;
    for (const holder of OPTION_SETS) {
      const row = table.filter(
        (cell) => cell.family === family && cell.state === state && cell.holder === holder,
      );
      expect(row.map(({ binder }) => binder)).toEqual(OPTION_SETS);
      expect({ holder, binds: row.map(({ bind }) => bind) }).toEqual({ holder, binds: expected[holder] });
    }
  });

  it('has every cell once', () => {
    const cells = table.map(({ family, state, holder, binder }) => [family, state, holder, binder].join(' '));
    expect(new Set(cells).size).toBe(2 * 6 * 4 * 4);
    expect(cells).toHaveLength(192);
  });

  it('leaves no descriptor open', () => {
    // The library that makes the calls was loaded meanwhile, and may keep files of its own: measured on a second go.
    expect(after).toBeGreaterThanOrEqual(before);
    probeTruthTable();
    expect(openDescriptors()).toBe(after);
  });

  it('is the same at the next look, and so is its digest', () => {
    const again = probeTruthTable();
    expect(again).toEqual(table);
    expect(digestOf(again)).toBe(digestOf(table));
  });

  it('has a digest of what it says, not of the order in which it says it', () => {
    expect(digestOf(table)).toMatch(/^[0-9a-f]{64}$/);
    expect(digestOf([...table].reverse())).toBe(digestOf(table));
    const [first, ...rest] = table;
    if (first === undefined) throw new Error('an empty table');
    expect(digestOf([{ ...first, bind: 'not-run' }, ...rest])).not.toBe(digestOf(table));
  });
});
