// The configuration file: every long flag is a key. It stands below flags and environment, above the defaults.
import { lstat } from 'node:fs/promises';
import type { Command, Option } from 'commander';
import { UsageError } from '../errors.ts';
import { didYouMean } from '../near-miss.ts';
import { quoted } from '../quoted.ts';
import { readTextFile } from '../text-file.ts';

export const CONFIG_FILE = 'port20.config.yaml';

/** Keys that would be about the file itself, or about nothing. */
const NO_KEYS = ['config', 'version'];

/** Sets what the file says, wherever neither a flag nor the environment has spoken. @throws UsageError */
export async function applyConfigFile(program: Command, command: Command): Promise<void> {
  const named = program.opts().config as string | undefined;
  const file = named === undefined ? await findConfig() : await loadConfig(named);
  if (file === undefined) return;
  const known = [program, ...program.commands]
    .flatMap((owner) => settingsOf(owner, program).map((option) => option.attributeName()))
    .filter((name) => !NO_KEYS.includes(name));
  for (const [key, value] of Object.entries(file.settings)) {
    const attribute = camelCase(key);
    if (!known.includes(attribute)) {
      throw new UsageError(`${file.path}: unknown key ${quoted(key)}${didYouMean(attribute, known)}`);
    }
    for (const owner of [program, command]) {
      const option = settingsOf(owner, program).find((candidate) => candidate.attributeName() === attribute);
      if (option !== undefined) applySetting(owner, option, value, `${file.path}: ${key}`);
    }
  }
}

/** What is no setting in the environment is none in the file: `user --root` is not the root of the server. */
function settingsOf(owner: Command, program: Command): readonly Option[] {
  return owner.options.filter((option) => owner === program || option.envVar !== undefined);
}

/** A setting of another command is passed over. */
function applySetting(owner: Command, option: Option, value: unknown, at: string): void {
  const attribute = option.attributeName();
  const source = owner.getOptionValueSource(attribute);
  if (source !== undefined && source !== 'default') return;
  owner.setOptionValueWithSource(attribute, readValue(option, value, at), 'config');
}

interface ConfigFile {
  readonly path: string;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** In the current folder only: what a command does must not depend on a file that one does not see. */
async function findConfig(): Promise<ConfigFile | undefined> {
  const found = await lstat(CONFIG_FILE).catch(() => undefined);
  return found === undefined ? undefined : loadConfig(CONFIG_FILE);
}

async function loadConfig(path: string): Promise<ConfigFile> {
  const { MOST_YAML_BYTES, readYaml } = await import('../plan/yaml.ts'); // most have no such file
  const content = await readTextFile(path, { what: 'configuration file', mostBytes: MOST_YAML_BYTES });
  const settings = readYaml(content, path) ?? {};
  if (typeof settings === 'object' && !Array.isArray(settings)) {
    return { path, settings: settings as Record<string, unknown> };
  }
  throw new UsageError(`${path}: expected keys and values, such as 'binder: reuse-port'`);
}

/** The flag's own reader judges the value, so that a file and a flag accept the same. */
function readValue(option: Option, value: unknown, at: string): unknown {
  if (option.isBoolean() || option.negate) {
    if (typeof value === 'boolean') return value;
    throw new UsageError(`${at}: ${quoted(value)} is not true or false`);
  }
  if (value === null) throw new UsageError(`${at}: has no value`);
  if (option.optional && typeof value === 'boolean') return value || undefined;
  const text = textOf(value, at);
  try {
    return option.parseArg === undefined ? text : option.parseArg(text, undefined);
  } catch (error) {
    throw new UsageError(`${at}: ${(error as Error).message}`, { cause: error });
  }
}

/** Of a list as a flag would have it. @throws UsageError for what no flag could be given */
function textOf(value: unknown, at: string): string {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  const odd = values.find((one) => typeof one !== 'string' && typeof one !== 'number');
  if (odd === undefined) return values.join(',');
  const shown = quoted(JSON.stringify(odd));
  if (typeof odd === 'boolean')
    throw new UsageError(`${at}: ${shown} is no text: if it is a name, put it in quotes`);
  throw new UsageError(`${at}: ${shown} is neither a text nor a number`);
}

function camelCase(key: string): string {
  return key.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}
