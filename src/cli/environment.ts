// PORT20_* in the environment: which names there are, and what a toggle may say.
import type { Command } from 'commander';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../near-miss.ts';

const ON = /^(1|true|yes|on)$/i;
const OFF = /^(0|false|no|off|)$/i;
/** Read elsewhere: by the FFI loader, by `probe` and `stress` for a server's password, by `user` for a new one. */
const OTHERS = ['PORT20_NO_FFI', 'PORT20_PASSWORD'];

/**
 * Refuses a misspelt name, which would otherwise be ignored in silence. Removes toggles that say no, since Commander
 * takes any value for yes: `PORT20_WRITE=0` must not make a server writable. @throws UsageError
 */
export function readEnvironment(program: Command, environment: NodeJS.ProcessEnv): void {
  const options = program.commands.flatMap((command) => command.options);
  const known = [...new Set([...options.flatMap(({ envVar }) => envVar ?? []), ...OTHERS])];
  for (const name of Object.keys(environment)) {
    if (name.startsWith('PORT20_') && !known.includes(name)) {
      throw new UsageError(`environment variable ${name} is not a setting${didYouMean(name, known)}`);
    }
  }
  for (const { envVar = '' } of options.filter((option) => option.isBoolean())) {
    const value = environment[envVar];
    if (value === undefined || ON.test(value)) continue;
    if (!OFF.test(value)) throw new UsageError(`${envVar}: '${value}' is not 1 or 0`);
    delete environment[envVar];
  }
}
