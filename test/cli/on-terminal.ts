// A command on a pseudo-terminal of some width, and what a person would see there.
import { type Ended, MAIN, type RunOptions, startProgram } from './port20.ts';

const ESCAPE = String.fromCharCode(27);
const CONTROLS = new RegExp(`${ESCAPE}\\[[\\d;]*[A-Za-z]`, 'g');

/** The lines of both outputs, without what only colours or moves. */
export async function onTerminal(
  columns: number,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Pick<Ended, 'status'> & { readonly lines: string[] }> {
  const words = [process.execPath, MAIN, ...args].map((word) => `'${word}'`).join(' ');
  const shell = `stty cols ${columns} rows 50; exec ${words}`;
  const { status, stdout } = await startProgram('/usr/bin/script', ['-qec', shell, '/dev/null'], options)
    .ended;
  // A line that is written anew begins at the first column: it is another one to whoever measures it.
  return {
    status,
    lines: stdout
      .replaceAll(`${ESCAPE}[1G`, '\r')
      .replaceAll(CONTROLS, '')
      .split(/\r*\n|\r/),
  };
}
