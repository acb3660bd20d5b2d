// `serve --check`: everything that can be known of a service without serving, and what it would serve.
import { createServer } from 'node:net';
import type { Command, Option } from 'commander';
import { type Endpoint, formatEndpoint } from '../address.ts';
import { errorCodeOf } from '../errors.ts';
import { listenAt } from '../server/control/listening.ts';
import { fillOptions } from '../server/fill-options.ts';
import type { ServerOptions } from '../server/options.ts';
import { checkDataPorts, checkRoot } from '../server/preflight.ts';
import { prepareUsersAlone } from '../server/users/prepare-users.ts';
import { formatDuration } from '../units.ts';
import { ENVIRONMENT } from './environment.ts';

const SOURCES: Readonly<Record<string, string>> = {
  cli: 'flag',
  env: 'environment',
  [ENVIRONMENT]: 'environment',
  config: 'file',
  default: 'default',
};

/**
 * The root and both ports by trying; nobody is served meanwhile. A control port in use is no failure, since a service
 * that is to be reloaded has it (nginx -t sees it so, too).
 * @returns what there is to say besides: of the control port, and of the users file @throws UsageError, PreflightError
 */
export async function checkService(options: ServerOptions): Promise<readonly string[]> {
  const filled = fillOptions(options);
  await checkRoot(filled.root);
  const taken: string[] = [];
  for (const wanted of filled.listen) if (await tryToListen(wanted)) taken.push(formatEndpoint(wanted));
  await checkDataPorts(
    filled,
    filled.listen.filter(({ port }) => port > 0 || filled.dataPort !== undefined),
  );
  const { warnings: notes } = await prepareUsersAlone(filled);
  if (taken.length === 0) return notes;
  const are = taken.length === 1 ? 'is' : 'are';
  return [
    ...notes,
    `${taken.join(' and ')} ${are} in use now: by this service if it runs already, else nothing can be served there`,
  ];
}

async function tryToListen(wanted: Endpoint): Promise<boolean> {
  const trial = createServer();
  try {
    await listenAt(trial, wanted);
    return false;
  } catch (error) {
    if (errorCodeOf((error as Error).cause) === 'EADDRINUSE') return true;
    throw error;
  } finally {
    trial.close();
  }
}

/** A line a setting: its name, its value, where that comes from. */
export function listSettings(command: Command): string {
  const rows = command.options
    .filter((option) => option.envVar !== undefined)
    .map((option) => [option.name(), valueText(command, option), sourceOf(command, option)] as const);
  const width = (column: 0 | 1) => Math.max(...rows.map((row) => row[column].length));
  return rows
    .map(([name, value, source]) => `  ${name.padEnd(width(0))}  ${value.padEnd(width(1))}  ${source}`)
    .join('\n');
}

function sourceOf(command: Command, option: Option): string {
  return SOURCES[command.getOptionValueSource(option.attributeName()) ?? 'default'] ?? '';
}

function valueText(command: Command, option: Option): string {
  const value = command.getOptionValue(option.attributeName()) as unknown;
  if (value === undefined) return option.isBoolean() ? 'false' : '-';
  if (typeof value === 'number' && option.flags.includes('<time>')) return formatDuration(value);
  return textOf(value);
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(textOf).join(',');
  if (typeof value === 'object' && value !== null && 'address' in value)
    return formatEndpoint(value as Endpoint);
  return String(value);
}
