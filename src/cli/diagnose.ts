// `port20 diagnose`: why active transfers from a server fail here.
import type { Command } from 'commander';
import { diagnoseServer } from '../probe/diagnose/diagnose.ts';
import { formatDiagnosis } from '../report/probe/diagnosis.ts';
import type { DiagnoseFlags } from './diagnose-flags.ts';
import { EXIT } from './exit.ts';
import { untilInterrupted } from './interrupt.ts';
import { print, say, textOptions } from './output.ts';
import { readTarget } from './target.ts';
import { passwordIn } from './targets.ts';

/** @returns 3 when a cause was found, as the doctor does, otherwise 0 */
export async function diagnose(command: Command): Promise<number> {
  const flags: DiagnoseFlags = command.optsWithGlobals();
  const { path, ...target } = await readTarget(command.args[0] ?? '', flags.iOwnThisServer === true);
  const password = (await passwordIn(flags.passwordFile)) ?? target.password;
  const watched = !flags.quiet && process.stderr.isTTY;
  const { result: found, interruptedBy } = await untilInterrupted(
    () => 'stopping',
    async () => {},
    (signal) =>
      diagnoseServer(
        { ...target, password, ...(path !== undefined && { path }) },
        { signal, ...(watched && { onProgress: (what) => say(what) }) },
      ),
  );
  if (found === undefined) return interruptedBy ?? EXIT.unexpected;
  await print(flags.json ? JSON.stringify(found, null, 1) : formatDiagnosis(found, textOptions(flags)));
  return interruptedBy ?? (found.findings.length > 0 ? EXIT.preflight : EXIT.ok);
}
