// The facts of MLST and MLSD (RFC 3659 §7): which there are, which a client asked for, and how they are written.
import { type ListEntry, printable } from './listing.ts';
import { formatTimeValue } from './time-value.ts';

/** In the order in which they are told. */
export const FACTS = ['type', 'size', 'modify', 'UNIX.mode'] as const;
export type Fact = (typeof FACTS)[number];

/** Undefined where a fact does not apply: what a folder's size is, no client can use. */
const VALUES: Readonly<Record<Fact, (entry: ListEntry) => string | undefined>> = {
  type: ({ type }) =>
    ({ file: 'file', directory: 'dir', link: 'OS.unix=slink', other: 'OS.unix=other' })[type],
  size: ({ type, sizeBytes }) => (type === 'file' ? String(sizeBytes) : undefined),
  modify: ({ modifiedAtMs }) => formatTimeValue(modifiedAtMs),
  'UNIX.mode': ({ mode }) => `0${(mode & 0o777).toString(8).padStart(3, '0')}`,
};

/** `type=file;size=1024;modify=20261123005100;UNIX.mode=0644; name`; without any fact a space stands before the name. */
export function formatFacts(entry: ListEntry, facts: readonly Fact[] = FACTS): string {
  const told = facts.map((fact) => {
    const value = VALUES[fact](entry);
    return value === undefined ? '' : `${fact}=${value};`;
  });
  return `${told.join('')} ${printable(entry.name)}`;
}

/** What `OPTS MLST type;size;` asks for. RFC 3659 §7.9: names that the server does not know are passed over. */
export function parseFacts(argument: string): readonly Fact[] {
  const asked = argument
    .toLowerCase()
    .split(';')
    .map((name) => name.trim());
  return FACTS.filter((fact) => asked.includes(fact.toLowerCase()));
}

/** As FEAT tells them: `type*;size*;modify;`, a star behind those that are on (RFC 3659 §7.8). */
export function formatFactChoice(chosen: readonly Fact[]): string {
  return FACTS.map((fact) => `${fact}${chosen.includes(fact) ? '*' : ''};`).join('');
}
