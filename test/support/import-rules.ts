// The rules of the design as functions of a list of imports: what goes the wrong way, and what nobody takes.
import { EVERYTHING, type Export, type Import, type Module } from './module.ts';

export interface Design {
  /** By room, which is a folder at the top: the rooms, the single files and the packages that it may import. */
  readonly mayImport: Readonly<Record<string, readonly string[]>>;
  /** Rooms and files that stand above all others. */
  readonly unrestricted: readonly string[];
  /** What the leaves may import besides each other: the files at the top, which everybody may import. */
  readonly leafPackages: readonly string[];
}

/** Two ends of an arrow. */
export type Arrow = Pick<Import, 'file' | 'target'>;

/** `net` of `net/libc.ts`; a file at the top is a room of its own. */
export function roomOf(path: string): string {
  return path.split('/')[0] ?? path;
}

/** The imports that `design` does not allow. */
export function trespasses<Found extends Arrow>(imports: readonly Found[], design: Design): Found[] {
  return imports.filter((one) => !allowed(one, design));
}

function allowed({ file, target }: Arrow, { mayImport, unrestricted, leafPackages }: Design): boolean {
  const isLeaf = (path: string) => /^[^/]+\.ts$/.test(path) && !unrestricted.includes(path);
  const room = roomOf(file);
  if (target.startsWith('node:') || unrestricted.includes(room)) return true;
  if (isLeaf(file)) return isLeaf(target) || leafPackages.includes(target);
  if (isLeaf(target) || roomOf(target) === room) return true;
  return (mayImport[room] ?? []).some((known) => target === known || target.startsWith(`${known}/`));
}

/** Imports of a package from outside the one room, or file, that may know it. */
export function strayImports<Found extends Arrow>(
  imports: readonly Found[],
  packageName: string,
  owner: string,
): Found[] {
  return imports.filter(({ file, target }) => isOf(target, packageName) && !isOf(file, owner));
}

function isOf(path: string, owner: string): boolean {
  return path === owner || path.startsWith(`${owner}/`);
}

/** What may import what among the rooms; the permission to import one file of a room ties the two as well. */
export function permittedArrows({ mayImport }: Design): Arrow[] {
  return Object.entries(mayImport).flatMap(([room, permitted]) =>
    permitted
      .map(roomOf)
      .filter((target) => target in mayImport)
      .map((target) => ({ file: room, target })),
  );
}

/**
 * For everything that comes back to itself its shortest way, as `a -> b -> a` from the least name on; each circle
 * once. Whatever is in a circle stands in one of these. Types count: what is tied by them cannot be moved apart.
 */
export function circles(arrows: readonly Arrow[]): string[] {
  const targets = new Map<string, Set<string>>();
  for (const { file, target } of arrows) targets.set(file, (targets.get(file) ?? new Set()).add(target));
  const found = [...targets.keys()].flatMap((start) => {
    const way = shortestWayBack(start, targets);
    return way === undefined ? [] : [fromLeast(way)];
  });
  return [...new Set(found.map((way) => [...way, way[0]].join(' -> ')))].sort();
}

/** From `start` up to the one that leads to it again. */
function shortestWayBack(
  start: string,
  targets: ReadonlyMap<string, ReadonlySet<string>>,
): string[] | undefined {
  const seen = new Set<string>();
  let ways = [[start]];
  while (ways.length > 0) {
    const longer: string[][] = [];
    for (const way of ways) {
      for (const target of targets.get(way.at(-1) ?? start) ?? []) {
        if (target === start) return way;
        if (!seen.has(target)) longer.push([...way, target]);
        seen.add(target);
      }
    }
    ways = longer;
  }
  return undefined;
}

function fromLeast(way: readonly string[]): string[] {
  const least = way.indexOf([...way].sort()[0] ?? '');
  return [...way.slice(least), ...way.slice(0, least)];
}

/**
 * The exports of `modules` that none of `imports` takes, as `net/libc.ts: errnoName`. A type may also serve a signature
 * of its own file.
 */
export function idleExports(modules: readonly Module[], imports: readonly Import[]): string[] {
  const taken = new Set(imports.flatMap(({ target, names }) => names.map((name) => label(target, name))));
  const isTaken = ({ file, name }: Export) =>
    taken.has(label(file, name)) || taken.has(label(file, EVERYTHING));
  return modules
    .flatMap(({ exports }) => exports)
    .filter((one) => !isTaken(one) && !(one.isType && one.usedInside))
    .map(({ file, name }) => label(file, name))
    .sort();
}

function label(file: string, name: string): string {
  return `${file}: ${name}`;
}
