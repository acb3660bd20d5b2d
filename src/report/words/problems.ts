// Why a block is invalid, in words.
import type { BlockProblem } from '../../result/types.ts';
import { formatPercent, plural } from './format.ts';

/** Without a full stop, to stand in a list: `nothing was offered`. */
export function problemInWords(problem: BlockProblem): string {
  switch (problem.id) {
    case 'outcomes-do-not-add-up': {
      const { offered, completed, failed, cancelled, dropped } = problem;
      return `outcomes do not add up: ${offered} offered, ${completed} + ${failed} + ${cancelled} + ${dropped} counted`;
    }
    case 'nothing-offered':
      return 'nothing was offered';
    case 'left-over-sockets':
      return `${plural(problem.sockets, 'socket')} ${problem.sockets === 1 ? 'was' : 'were'} on the data port before the block began`;
    case 'server-gone':
      return 'every session was lost: the server is gone';
    case 'unequal-bytes':
      return `${plural(problem.transfers, 'transfer')} of which both sides count other bytes`;
    case 'contradictory-ends':
      return `${plural(problem.transfers, 'transfer')} of which both sides tell another end`;
    case 'transfers-without-record':
      return `${plural(problem.transfers, 'transfer')} without a record of the server's`;
    case 'records-without-transfer':
      return `${plural(problem.records, 'record')} of the server's without a transfer`;
    case 'generator-saturated':
      return `${problem.generator} was saturated: ${saturationInWords(problem)}`;
    case 'broken-off':
      return problem.reason;
    case 'text':
      return problem.text;
    default:
      return problem satisfies never;
  }
}

type Saturated = Extract<BlockProblem, { id: 'generator-saturated' }>;

function saturationInWords({ sign, value }: Pick<Saturated, 'sign' | 'value'>): string {
  switch (sign) {
    case 'busy':
      return `it used ${formatPercent(value)} of a core`;
    case 'starved':
      return `it waited ${formatPercent(value)} of the time for a core`;
    case 'stalled':
      return `it stood still for ${Math.round(value)} ms`;
    case 'late':
      return `1 % of its transfers started more than ${Math.round(value)} ms late`;
    default:
      return sign satisfies never;
  }
}
