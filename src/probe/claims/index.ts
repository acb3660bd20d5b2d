// All claims in the order of the report. A new one is an entry in the table of its subject, and nothing else.
import type { Claim } from '../claim.ts';
import { CONNECTING } from './connecting.ts';
import { DIALLING_BACK } from './dialling-back.ts';
import { LISTENING } from './listening.ts';
import { MULTICAST } from './multicast.ts';
import { RULES } from './rules.ts';
import { SEVERAL_PROCESSES } from './several-processes.ts';
import { TAKING_A_PORT } from './taking-a-port.ts';
import { TIMESTAMPS } from './timestamps.ts';

export const CLAIMS: readonly Claim[] = [
  ...LISTENING,
  ...TAKING_A_PORT,
  ...SEVERAL_PROCESSES,
  ...MULTICAST,
  ...DIALLING_BACK,
  ...CONNECTING,
  ...TIMESTAMPS,
  ...RULES,
];
