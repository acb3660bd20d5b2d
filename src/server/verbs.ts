// Every command of this server, in one table: our own, and those that are left to ftp-srv's handlers.
import type { Command } from '../ftp/command-line.ts';
import { DATA_PORT_VERBS } from './data-port-verbs.ts';
import type { Session } from './session.ts';
import { SESSION_VERBS } from './session-verbs.ts';
import { STATUS_VERBS } from './status-verbs.ts';
import { STOCK_VERBS } from './stock-verbs.ts';
import { TRANSFER_VERBS } from './transfer-verbs.ts';

export interface Verb {
  /** @throws Refusal with the reply, whatever the command has not replied itself */
  run(session: Session, command: Command): void | Promise<void>;
  readonly needsArgument?: boolean;
  readonly beforeLogin?: boolean;
  /** Uses a data connection: ABOR ends it. */
  readonly transfer?: boolean;
}

const VERBS: ReadonlyMap<string, Verb> = new Map(
  Object.entries<Verb>({
    ...STOCK_VERBS,
    ...SESSION_VERBS,
    ...STATUS_VERBS,
    ...DATA_PORT_VERBS,
    ...TRANSFER_VERBS,
    HELP: { run: (session) => session.reply(214, helpText()), beforeLogin: true },
  }),
);

/** Undefined for what this server does not know. `verb` is upper-cased. */
export function findVerb(verb: string): Verb | undefined {
  return VERBS.get(verb);
}

const VERBS_A_LINE = 8;

function helpText(): string[] {
  const verbs = [...VERBS.keys()].sort();
  const lines: string[] = [];
  for (let at = 0; at < verbs.length; at += VERBS_A_LINE)
    lines.push(` ${verbs.slice(at, at + VERBS_A_LINE).join(' ')}`);
  return ['Commands:', ...lines, 'End.'];
}
