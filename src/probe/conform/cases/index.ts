// Every case by its theme, in the order in which they are run.
import type { ConformCase } from '../case.ts';
import { ABUSE } from './abuse.ts';
import { ADDRESSES } from './addresses.ts';
import { DATA_PORT } from './data-port.ts';
import { FRAMING } from './framing.ts';
import { LISTING } from './listing.ts';
import { REPLIES } from './replies.ts';
import { RESTART } from './restart.ts';
import { TLS } from './tls.ts';

export const THEMES: Readonly<Record<string, readonly ConformCase[]>> = {
  'data port': DATA_PORT,
  addresses: ADDRESSES,
  'replies and order': REPLIES,
  framing: FRAMING,
  'restart and append': RESTART,
  listing: LISTING,
  tls: TLS,
  abuse: ABUSE,
};
