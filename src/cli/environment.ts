// PORT20_* in the environment: which names there are, and what a toggle may say.
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../near-miss.ts';
import { quoted } from '../quoted.ts';

const PREFIX = 'PORT20_';
const ON = /^(1|true|yes|on)$/i;
const OFF = /^(0|false|no|off|)$/i;
/** Read elsewhere: by the FFI loader, by `probe` and `stress` for a server's password, by `user` for a new one. */
const OTHERS = ['PORT20_NO_FFI', 'PORT20_PASSWORD'];

/**
 * Refuses a misspelt name, which would otherwise be ignored in silence. Removes toggles that say no, since Commander
 * takes any value for yes: `PORT20_WRITE=0` must not make a server writable. @throws UsageError
 */
export function readEnvironment(program: Command, environment: NodeJS.ProcessEnv): void {
  const options = [program, ...program.commands].flatMap((command) => command.options);
  const known = [...new Set([...options.flatMap(({ envVar }) => envVar ?? []), ...OTHERS])];
  for (const name of Object.keys(environment)) {
    if (name.startsWith(PREFIX) && !known.includes(name)) {
      throw new UsageError(`environment variable ${name} is not a setting${nearMiss(name, known)}`);
    }
  }
  for (const { envVar = '' } of options.filter((option) => option.isBoolean() || option.negate)) {
    const value = environment[envVar];
    if (value === undefined || ON.test(value)) continue;
    if (!OFF.test(value)) throw new UsageError(`${envVar}: ${quoted(value)} is not 1 or 0`);
    delete environment[envVar];
  }
}

/** What all of them begin with makes none near. */
function nearMiss(name: string, known: readonly string[]): string {
  const rest = (variable: string) => variable.slice(PREFIX.length);
  const near = didYouMean(rest(name), known.map(rest));
  return near.replace(" '", ` '${PREFIX}`);
}
