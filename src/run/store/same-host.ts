// Whether a run may go on here: blocks of two hosts would be compared as if they were of one.
import { UsageError } from '../../errors.ts';
import { environmentDifferences } from '../../report/compare/settings.ts';
import type { Host } from '../../result/types.ts';
import type { RunFolder } from './folder.ts';

/**
 * Lets the folder go where it refuses.
 * @param wayOut what the user may do to go on all the same
 * @throws UsageError that names the first difference that changes what is measured
 */
export async function requireSameHost(folder: RunFolder, here: Host, wayOut: string): Promise<void> {
  const [first] = environmentDifferences(folder.host, here);
  if (first === undefined) return;
  await folder.release();
  throw new UsageError(
    `the run in '${folder.path}' began on another host: ${first.setting} was ${first.baseline}, is ${first.candidate}: ${wayOut}`,
  );
}
