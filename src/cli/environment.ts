// PORT20_* in the environment: which names there are, and what a toggle may say.
import type { Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../near-miss.ts';
import { quoted } from '../quoted.ts';

const PREFIX = 'PORT20_';
const ON = /^(1|true|yes|on)$/i;
const OFF = /^(0|false|no|off|)$/i;
/** Read elsewhere: by the FFI loader, by `probe` and `stress` for a server's password, by `user` for a new one. */
const OTHERS = ['PORT20_NO_FFI', 'PORT20_PASSWORD'];

/**
 * Where a toggle is said to come from that says no. Commander takes any value for yes, and reads what is `env` itself, but
 * leaves alone what is from where it knows nothing of.
 */
export const ENVIRONMENT = 'environment';

/**
 * Refuses a misspelt name, which would otherwise be ignored in silence. Sets the toggles that say no: `PORT20_WRITE=0`
 * must not make a server writable, nor leave that to the configuration file. @throws UsageError
 */
export function readEnvironment(program: Command, environment: NodeJS.ProcessEnv): void {
  const commands = [program, ...program.commands];
  const options = commands.flatMap((command) => command.options);
  const known = [...new Set([...options.flatMap(({ envVar }) => envVar ?? []), ...OTHERS])];
  for (const name of Object.keys(environment)) {
    if (name.startsWith(PREFIX) && !known.includes(name)) {
      throw new UsageError(`environment variable ${name} is not a setting${nearMiss(name, known)}`);
    }
  }
  for (const command of commands) {
    const toggles = command.options.filter((option) => option.isBoolean() || option.negate);
    for (const option of toggles) readToggle(command, option, environment[option.envVar ?? '']);
  }
}

function readToggle(command: Command, option: Option, value: string | undefined): void {
  if (value === undefined || ON.test(value)) return;
  if (!OFF.test(value)) throw new UsageError(`${option.envVar}: ${quoted(value)} is not 1 or 0`);
  command.setOptionValueWithSource(option.attributeName(), option.negate, ENVIRONMENT);
}

/** What all of them begin with makes none near. */
function nearMiss(name: string, known: readonly string[]): string {
  const rest = (variable: string) => variable.slice(PREFIX.length);
  const near = didYouMean(rest(name), known.map(rest));
  return near.replace(" '", ` '${PREFIX}`);
}
