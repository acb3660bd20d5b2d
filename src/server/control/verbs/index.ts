// Every command of this server, in one table: our own, and those that are left to ftp-srv's handlers.

import type { Session } from '../session.ts';
import type { FindVerb, Verb } from '../verb.ts';
import { ATTRIBUTE_VERBS } from './attributes.ts';
import { DATA_PORT_VERBS } from './data-port.ts';
import { helpOn } from './help.ts';
import { LOGIN_VERBS } from './login.ts';
import { PARAMETER_VERBS } from './parameters.ts';
import { SECURITY_VERBS } from './security.ts';
import { SESSION_VERBS } from './session.ts';
import { STATUS_VERBS } from './status.ts';
import { STOCK_VERBS } from './stock.ts';
import { TRANSFER_VERBS } from './transfer.ts';

const VERBS = new Map(
  Object.entries<Verb<Session>>({
    ...SECURITY_VERBS,
    ...LOGIN_VERBS,
    ...STOCK_VERBS,
    ...SESSION_VERBS,
    ...PARAMETER_VERBS,
    ...ATTRIBUTE_VERBS,
    ...STATUS_VERBS,
    ...DATA_PORT_VERBS,
    ...TRANSFER_VERBS,
  }),
);

export const findVerb: FindVerb<Session> = (verb) => VERBS.get(verb);

VERBS.set('HELP', helpOn([...VERBS.keys()], findVerb));
