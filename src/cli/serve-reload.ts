// What SIGHUP does to a server that runs: which settings differ from those in force, and which of them can change now.
import { isDeepStrictEqual } from 'node:util';
import type { ServerOptions } from '../server/options.ts';
import { RELOADABLE } from '../server/reload.ts';
import type { ServeFlags } from './serve-flags.ts';

export interface Differences<Flags extends ServeFlags> {
  /** By their names in the configuration file. */
  readonly changed: readonly string[];
  /** These need a restart. */
  readonly kept: readonly string[];
  /** The flags that are in force once what can change has changed. */
  readonly inForce: Flags;
}

/** Not the server's, and yet to be changed while it runs. */
const OWN: readonly string[] = ['grace', 'logLevel'];

/**
 * @param names of all settings @param optionsOf the server's options for flags: whether a setting can change is decided by
 *   what it means for them
 */
export function differences<Flags extends ServeFlags>(
  before: Flags,
  after: Flags,
  names: readonly (keyof Flags & string)[],
  optionsOf: (flags: ServeFlags) => ServerOptions,
): Differences<Flags> {
  const differ = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  const canChange = (name: keyof Flags & string) =>
    OWN.includes(name) || onlyReloadable(optionsOf(before), optionsOf({ ...before, [name]: after[name] }));
  const changed = differ.filter(canChange);
  const inForce = { ...before, ...Object.fromEntries(changed.map((name) => [name, after[name]])) };
  return {
    changed: changed.map(keyOf),
    kept: differ.filter((name) => !changed.includes(name)).map(keyOf),
    inForce,
  };
}

function onlyReloadable(before: ServerOptions, after: ServerOptions): boolean {
  const names = Object.keys(RELOADABLE) as (keyof typeof RELOADABLE)[];
  const differ = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
  return differ.length > 0 && differ.every((name) => RELOADABLE[name]);
}

function keyOf(attribute: string): string {
  return attribute.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** `changed write, grace; kept until a restart: listen` */
export function describe({ changed, kept }: Omit<Differences<ServeFlags>, 'inForce'>): string {
  const parts = [
    changed.length === 0 ? 'nothing changed' : `changed ${changed.join(', ')}`,
    ...(kept.length === 0 ? [] : [`kept until a restart: ${kept.join(', ')}`]),
  ];
  return parts.join('; ');
}

/** Runs `work` once more behind itself if it was asked for meanwhile, however often. */
export function oneAtATime(work: () => Promise<void>): () => void {
  let wanted = false;
  let running = false;
  const run = async () => {
    running = true;
    while (wanted) {
      wanted = false;
      await work();
    }
    running = false;
  };
  return () => {
    wanted = true;
    if (!running) void run();
  };
}
