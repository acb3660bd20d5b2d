// Why a block is invalid, in words.
import type { BlockProblem } from '../../result/types.ts';

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
      return `${problem.sockets} sockets were on the data port before the block began`;
    case 'server-gone':
      return 'every session was lost: the server is gone';
    case 'unequal-bytes':
      return `${problem.transfers} transfers of which both sides count other bytes`;
    case 'contradictory-ends':
      return `${problem.transfers} transfers of which both sides tell another end`;
    case 'transfers-without-record':
      return `${problem.transfers} transfers have no record of the server's`;
    case 'records-without-transfer':
      return `${problem.records} records of the server's belong to no transfer`;
    case 'broken-off':
      return problem.reason;
    case 'text':
      return problem.text;
    default:
      return problem satisfies never;
  }
}
