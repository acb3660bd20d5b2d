// The keys of a plan beside its scenarios: one entry each, for plan files, flags, printed plans and the documentation.
import { BINDER_NAMES } from '../../binder/types.ts';
import { PEER_NAMES } from '../../peers/types.ts';
import { readTargetUrl } from '../contestants.ts';
import { parseThreshold } from '../thresholds/threshold.ts';
import { ON_SATURATION, UNTILS, USER_PIS } from '../types.ts';
import { type Flag, type FlagGroup, filled, type Keys, part } from './key.ts';
import {
  count,
  duration,
  list,
  oneOf,
  plain,
  positiveDuration,
  retrySchedule,
  text,
  yesOrNo,
} from './kinds.ts';

const MAX_SEED = 2 ** 32 - 1;
const MAX_NAME_LETTERS = 200;

const flag = (group: FlagGroup, notation: string, help: string): Flag => ({ group, notation, help });

/** A flag's text is read with the plan alone: Commander would repeat what is wrong with it, password and all. */
const target = { ...text(readTargetUrl, String), flag: String };

/** As it was written, once it can be read. */
const expression = text((written) => parseThreshold(written).text, String);

export const PLAN_KEYS = {
  formatVersion: filled(
    plain((zod) => zod.literal(1)),
    1,
    { says: "of the plan's own form" },
  ),
  name: filled(
    plain((zod) => zod.string().min(1).max(MAX_NAME_LETTERS)),
    'unnamed',
    { says: 'what reports call it' },
  ),
  binders: part(list(oneOf('binder', BINDER_NAMES), '[legacy, reuse-port]'), {
    flag: flag('contestants', '--binder <names>', 'strategies of the built-in server, separated by commas'),
    unset: 'all six, or none beside peers and targets',
    says: 'rows of the built-in server: [src/binder](../binder/README.md). One that is named twice runs twice',
  }),
  peers: filled(list(oneOf('peer', PEER_NAMES), '[vsftpd, pure-ftpd]'), [], {
    flag: flag('contestants', '--peer <names>', `daemons of Debian beside them: ${PEER_NAMES.join(', ')}`),
    unset: 'none',
    says: 'daemons of Debian, started for each block: [src/peers](../peers/README.md)',
  }),
  targets: filled(list(target, '[ftp://127.0.0.1:2121/file]'), [], {
    flag: flag(
      'contestants',
      '--target <urls>',
      'servers that run already, such as ftp://user@host:port/file',
    ),
    unset: 'none',
    says: 'servers that run already, as URLs',
  }),
  baseline: part(
    plain((zod) => zod.string()),
    {
      flag: flag('contestants', '--baseline <name>', 'the strategy that the others are compared with'),
      unset: '`legacy-bsd`, else the first',
      says: 'the row that the others are compared with',
    },
  ),
  workers: filled(count(1, 64), 2, {
    flag: flag('server', '--workers <n>', 'processes of the built-in server, which share one data port'),
    says: 'processes of the built-in server, which share one data port',
  }),
  retry: filled(retrySchedule, 'default', {
    flag: flag('server', '--retry <schedule>', 'bsd, proftpd, vsftpd, none, or waits such as 1,2,3'),
    unset: "`default`: each binder's own",
    says: "the schedule of the built-in server's loop",
  }),
  timeUnit: filled(positiveDuration, 1000, {
    flag: flag('server', '--time-unit <time>', 'length of one second of the retry schedule'),
    says: 'length of one *schedule second*',
  }),
  requireDataPort: filled(yesOrNo, false, {
    flag: flag(
      'data-port',
      '--require-data-port',
      'count a data connection from another port than L-1 as a failure',
    ),
    says: 'a data connection from another port than L-1 is a failure',
  }),
  userPi: filled(oneOf('user-PI', USER_PIS), 'basic-ftp', {
    flag: flag('generators', '--user-pi <client>', 'basic-ftp or lean'),
    says: 'the client of each session: `lean` costs less than half ([measured](../client/README.md#the-load-generators-sessions))',
  }),
  generators: filled(count(1, 1024), 1, {
    flag: flag('generators', '--generators <n>', 'load generator processes'),
    says: 'load generator processes',
  }),
  onSaturation: filled(oneOf('onSaturation', ON_SATURATION), 'default', {
    flag: flag(
      'generators',
      '--on-saturation <how>',
      'warn or invalid: what a load generator without time to spare makes of the run',
    ),
    unset: '`default`: `invalid` with agents, else `warn`',
    says: 'what a load generator without time to spare makes of the run: a warning, or exit 4',
  }),
  blocks: filled(count(1, 1000), 8, {
    flag: flag('run', '--blocks <n>', 'blocks of each strategy in each scenario'),
    says: 'blocks of each row in each scenario: [what they can tell](../judge/README.md)',
  }),
  until: filled(oneOf('end', UNTILS), 'blocks', {
    flag: flag('run', '--until <end>', 'blocks: all of them; conclusive: no more than it takes'),
    says: '`conclusive`: no more of them than it takes',
  }),
  abortOn: filled(list(expression, "['*.failureRate > 50%']"), [], {
    flag: {
      ...flag(
        'run',
        '--abort-on <expression>',
        "end the run with exit 99 once this is true, such as '*.failureRate > 50%'",
      ),
      repeats: true,
    },
    unset: 'none',
    says: 'end the run once one of them is true: [below](#when-it-goes-wrong)',
  }),
  abortAfter: filled(count(1, 1000), 2, {
    flag: flag('run', '--abort-after <n>', 'blocks of a row that --abort-on waits for'),
    says: 'blocks of a row that `abortOn` waits for',
  }),
  maxTime: filled(duration, 0, {
    flag: flag('run', '--max-time <time>', 'begin no block that would end later than this'),
    unset: 'no limit',
    says: 'begin no block that would end later',
  }),
  rest: filled(duration, 0, {
    flag: flag('run', '--rest <time>', 'pause before each block'),
    says: 'pause before each block',
  }),
  seed: filled(count(0, MAX_SEED), 1, {
    flag: flag('run', '--seed <n>', 'seed of everything that is drawn'),
    says: 'of everything that is drawn',
  }),
  timeout: filled(positiveDuration, 10_000, {
    says: "the client's patience with one step, beyond the longest schedule",
  }),
} as const satisfies Keys;
