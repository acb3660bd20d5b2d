// What `diagnose` found, for a terminal: the cause in a sentence, its evidence, what to do.
import pc from 'picocolors';
import { formatEndpoint } from '../../address.ts';
import type { Diagnosis } from '../../probe/types.ts';
import { proseColumnsOf, type TextOptions } from '../text/options.ts';
import { wrap } from '../text/wrap.ts';

export function formatDiagnosis({ server, transfers, findings }: Diagnosis, options: TextOptions): string {
  const colours = pc.createColors(options.colour);
  const columns = proseColumnsOf(options);
  const made = `${transfers} transfers with ${formatEndpoint(server)}`;
  if (findings.length === 0)
    return colours.green(
      wrap(`Nothing found: ${made}, active and passive, went as they should.`, columns, '  '),
    );
  const blocks = findings.map(({ ids, cause, evidence, advice }) =>
    [
      colours.red(wrap(cause, columns, '  ')),
      ...(ids.length > 1 ? [wrap(`undecided between ${ids.join(' and ')}`, columns, '  ')] : []),
      colours.dim(wrap(`seen: ${evidence}`, columns - 2, '  ').replace(/^/gm, '  ')),
      wrap(`> ${advice}`, columns - 2, '  ').replace(/^/gm, '  '),
    ].join('\n'),
  );
  return [...blocks, colours.dim(wrap(`By ${made}.`, columns, '  '))].join('\n\n');
}
