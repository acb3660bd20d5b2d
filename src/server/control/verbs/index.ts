// Every command of this server, in one table: our own, and those that are left to ftp-srv's handlers.

import type { Session } from '../session.ts';
import type { FindVerb, Verb } from '../verb.ts';
import { DATA_PORT_VERBS } from './data-port.ts';
import { SESSION_VERBS } from './session.ts';
import { STATUS_VERBS } from './status.ts';
import { STOCK_VERBS } from './stock.ts';
import { TRANSFER_VERBS } from './transfer.ts';

const VERBS: ReadonlyMap<string, Verb<Session>> = new Map(
  Object.entries<Verb<Session>>({
    ...STOCK_VERBS,
    ...SESSION_VERBS,
    ...STATUS_VERBS,
    ...DATA_PORT_VERBS,
    ...TRANSFER_VERBS,
    HELP: { run: (session) => session.reply(214, helpText()), beforeLogin: true },
  }),
);

export const findVerb: FindVerb<Session> = (verb) => VERBS.get(verb);

const VERBS_A_LINE = 8;

function helpText(): string[] {
  const verbs = [...VERBS.keys()].sort();
  const lines: string[] = [];
  for (let at = 0; at < verbs.length; at += VERBS_A_LINE)
    lines.push(` ${verbs.slice(at, at + VERBS_A_LINE).join(' ')}`);
  return ['Commands:', ...lines, 'End.'];
}
