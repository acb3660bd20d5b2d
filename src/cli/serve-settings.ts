// The settings of `serve` as `--check` lists them: the value that is in force, as a flag would say it, and where it is from.
import type { Command, Option } from 'commander';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { printable, quoted } from '../quoted.ts';
import { formatPortRange, type PortRange } from '../server/data/passive-ports.ts';
import { fillOptions } from '../server/fill-options.ts';
import type { FilledServerOptions, ServerOptions } from '../server/options.ts';
import { formatBytes, formatDuration } from '../units.ts';
import { ENVIRONMENT } from './environment.ts';

const SOURCES: Readonly<Record<string, string>> = {
  cli: 'flag',
  env: 'environment',
  [ENVIRONMENT]: 'environment',
  config: 'file',
  default: 'default',
};

/** A path that is longer leaves the other lines as they are. */
const MOST_PADDING = 40;

/** A line a setting: its name, its value, where that comes from. @param options that the settings mean */
export function listSettings(command: Command, options: ServerOptions): string {
  const filled = fillOptions(options);
  const rows = command.options
    .filter((option) => option.envVar !== undefined)
    .map((option) => [option.name(), valueText(command, option, filled), sourceOf(command, option)] as const);
  const width = (column: 0 | 1) =>
    Math.max(...rows.map((row) => row[column].length).filter((length) => length <= MOST_PADDING));
  return rows
    .map(([name, value, source]) => `  ${name.padEnd(width(0))}  ${value.padEnd(width(1))}  ${source}`)
    .join('\n');
}

function sourceOf(command: Command, option: Option): string {
  return SOURCES[command.getOptionValueSource(option.attributeName()) ?? 'default'] ?? '';
}

/** `-` for what there is nothing of: no limit, no file. */
function valueText(command: Command, option: Option, filled: FilledServerOptions): string {
  const name = option.attributeName();
  const value = (command.getOptionValue(name) as unknown) ?? FOLLOWING[name]?.(filled);
  if (value === undefined) return option.isBoolean() ? 'false' : '-';
  return printable(IN_UNITS[notationOf(option)]?.(value as never) ?? textOf(value));
}

/** Defaults that follow from other settings. */
const FOLLOWING: Readonly<Record<string, (filled: FilledServerOptions) => unknown>> = {
  retry: ({ retry }) => retry,
  dataPort: ({ binder, listen }) =>
    binder === 'ephemeral' ? undefined : [...new Set(listen.map(dataPortText))],
  maxSessions: ({ maxSessions }) => maxSessions,
  maxSessionsPerAddress: ({ maxSessionsPerAddress }) => maxSessionsPerAddress,
  anonymous: ({ anonymous }) => anonymous,
  tls: ({ tls }) => tls,
};

/** One below a port that the kernel chooses is not known yet. */
function dataPortText({ port }: Endpoint): string {
  return port === 0 ? 'any' : String(port - 1);
}

/** As a flag's notation says that it is to be written. */
const IN_UNITS: Readonly<Record<string, (value: never) => string>> = {
  '<time>': (ms: number) => formatDuration(ms),
  '<bytes>': (bytes: number) => formatBytes(bytes),
  '<text>': (text: string) => quoted(text),
  '<octal>': (bits: number) => bits.toString(8).padStart(3, '0'),
  '<low-high>': (range: PortRange) => formatPortRange(range),
  '<address:port>': (places: Endpoint | readonly Endpoint[]) => [places].flat().map(formatEndpoint).join(','),
};

function notationOf({ flags }: Option): string {
  return /<.*>$/.exec(flags)?.[0] ?? '';
}

/** A list as a flag takes it. */
function textOf(value: unknown): string {
  return [value].flat().join(',');
}
