// The flags of every command: each reads its text at once, so that a mistake is named with the flag that has it.
import { InvalidArgumentError, Option } from 'commander';
import { type Endpoint, parseEndpoint } from '../address.ts';
import { parseRetry } from '../binder/retry.ts';
import { BINDER_NAMES, type BinderName, type RetrySetting } from '../binder/types.ts';
import { oneOf } from '../near-miss.ts';
import { quoted } from '../quoted.ts';
import type { PortRange } from '../server/data/passive-ports.ts';
import { parseDurationMs, readCount, readDecimal } from '../units.ts';

export { oneOf, readCount };

/** A flag that may also come from `PORT20_NAME` or from the configuration file. */
export function setting<T>(flags: string, description: string, read: (text: string) => T): Option {
  const option = new Option(flags, description).argParser((text: string) => reading(read, text));
  return option.env(environmentName(option));
}

/** The same, given several times, or once with commas; a list in the configuration file. */
export function listSetting<T>(
  flags: string,
  description: string,
  read: (text: string) => T,
  defaults: readonly T[],
): Option {
  // Commander hands over what the flag had before: its default, or what it was given before.
  const readMore = (text: string, before: readonly T[] = defaults) => {
    const more = text.split(',').map((one) => reading(read, one.trim()));
    return before === defaults ? more : [...before, ...more];
  };
  const option = new Option(flags, description).argParser(readMore).default(defaults);
  return option.env(environmentName(option));
}

function reading<T>(read: (text: string) => T, text: string): T {
  try {
    return read(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

/**
 * A flag of one call alone: neither in the environment nor in the configuration file, where its name may be a setting of
 * another command.
 */
export function ownFlag<T>(flags: string, description: string, read?: (text: string) => T): Option {
  const option = read === undefined ? new Option(flags, description) : setting(flags, description, read);
  delete option.envVar;
  return option;
}

/** A setting that is on or off; see environment.ts for what a variable may say. */
export function toggle(flags: string, description: string): Option {
  const option = new Option(flags, description);
  return option.env(environmentName(option));
}

function environmentName(option: Option): string {
  return `PORT20_${option.name().replaceAll('-', '_').toUpperCase()}`;
}

export const readBinder: (text: string) => BinderName = oneOf('binder', BINDER_NAMES);

/** 0.01 or 1%. */
export function readShare(text: string): number {
  const percent = text.endsWith('%');
  const share = readDecimal(percent ? text.slice(0, -1) : text) / (percent ? 100 : 1);
  if (share >= 0 && share <= 1) return share;
  throw new Error(`${quoted(text)} is not a share such as 0.01 or 1%`);
}

/** A name of anything. */
export function readName(text: string): string {
  if (text.trim() !== '') return text;
  throw new Error('is empty: name one, or leave the flag out');
}

/** The name of a file or folder. An empty one is a variable that was not set, and means neither. */
export function readPath(text: string): string {
  if (text.trim() === '') throw new Error('is empty: name a file, or leave the flag out');
  if (text.includes('\0')) throw new Error(`${quoted(text)} is no name: it has a NUL in it`);
  return text;
}

export function readEndpoint(text: string): Endpoint {
  const endpoint = parseEndpoint(text);
  if (endpoint !== undefined) return endpoint;
  throw new Error(`${quoted(text)} is not address:port, such as 127.0.0.1:2121 or [::1]:2121`);
}

/** 50000-50999, or one port; which ports they may be is the server's to say. */
export function readPortRange(text: string): PortRange {
  const [, low, high = low] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim()) ?? [];
  if (low !== undefined) return { low: Number(low), high: Number(high) };
  throw new Error(`'${text}' is not a range of ports such as 50000-50999`);
}

/** Octal, as umask(1) and chmod(1) write it. */
export function readUmask(text: string): number {
  if (/^0?[0-7]{1,3}$/.test(text)) return Number.parseInt(text, 8);
  throw new Error(`'${text}' is not an octal umask such as 022`);
}

export const readDurationMs: (text: string) => number = parseDurationMs;
/** A time in which something must come about. */
export function readTimeoutMs(text: string): number {
  const ms = readDurationMs(text);
  if (ms > 0) return ms;
  throw new Error(`${quoted(text)} leaves no time: name a duration such as 30s`);
}

export const readRetry: (text: string) => RetrySetting = parseRetry;
export const readPort: (text: string) => number = readCount(1, 65535);
