// The flags of `stress`: each changes what a plan says, and is read as the plan's own key is.
import type { Command, Option } from 'commander';
import type { Endpoint } from '../address.ts';
import type { RetrySetting } from '../binder/types.ts';
import { BINDER_NAMES } from '../binder/types.ts';
import { PEER_NAMES } from '../peers/types.ts';
import { parseSizeDistribution, parseTimeDistribution, parseWeights } from '../plan/distributions.ts';
import { ANNOUNCEMENTS, CLIENT_PORTS, DIRECTIONS, LOGINS, UNTILS, USER_PIS } from '../plan/types.ts';
import { oneOf, readCount, readDurationMs, readEndpoint, readRetry, setting, toggle } from './flags.ts';
import { addResultFlags, type ResultFlags } from './result-outputs.ts';

/** Keys of a scenario. Texts are kept as they were written: the plan reads them again. */
export interface ScenarioFlags {
  readonly workload?: string;
  readonly sessions?: number;
  readonly thinkTime?: string;
  readonly rate?: number;
  readonly arrivals?: string;
  readonly every?: string;
  readonly burst?: number;
  readonly duration?: string;
  readonly warmUp?: string;
  readonly transfers?: number;
  readonly direction?: string;
  readonly mix?: string;
  readonly fileSize?: string;
  readonly bindToConnect?: string;
  readonly clientAddresses?: number | 'each';
  readonly clientPort?: string;
  readonly announce?: string;
  readonly login?: string;
}

/** Keys of the plan. */
export interface PlanFlags {
  readonly binder?: readonly string[];
  readonly peer?: readonly string[];
  readonly target?: readonly string[];
  readonly baseline?: string;
  readonly blocks?: number;
  readonly until?: string;
  readonly maxTime?: string;
  readonly rest?: string;
  readonly workers?: number;
  readonly generators?: number;
  readonly userPi?: string;
  readonly requireDataPort?: boolean;
  readonly retry?: RetrySetting;
  readonly timeUnit?: string;
  readonly seed?: number;
}

export interface StressFlags extends ScenarioFlags, PlanFlags, ResultFlags {
  readonly passwordFile?: string;
  readonly iOwnThisServer?: boolean;
  readonly out?: string;
  readonly attempts?: string;
  readonly dashboard?: Endpoint | true;
  readonly dir?: string;
  readonly resume?: string;
  readonly allowEnvDiff?: boolean;
  readonly json?: boolean;
  readonly printPlan?: boolean;
  readonly dryRun?: boolean;
}

/** The text itself, once it was read without a complaint. */
function checked(read: (text: string) => unknown): (text: string) => string {
  return (text) => {
    read(text);
    return text;
  };
}

const time = checked(readDurationMs);
const list = (read: (name: string) => unknown) => (text: string) =>
  text.split(',').map((name) => checked(read)(name.trim()));

function readRate(text: string): number {
  const rate = Number(text);
  if (text.trim() !== '' && rate > 0 && Number.isFinite(rate)) return rate;
  throw new Error(`'${text}' is not a number of arrivals a second above 0`);
}

const readAddresses = (text: string): number | 'each' => (text === 'each' ? text : readCount(1)(text));

const SERVERS: readonly Option[] = [
  setting(
    '--binder <names>',
    'strategies of the built-in server, separated by commas',
    list(oneOf('binder', BINDER_NAMES)),
  ),
  setting(
    '--peer <names>',
    `daemons of Debian beside them: ${PEER_NAMES.join(', ')}`,
    list(oneOf('peer', PEER_NAMES)),
  ),
  // Read with the plan: Commander would repeat what is wrong with it, password and all.
  setting('--target <urls>', 'servers that run already, such as ftp://user@host:port/file', list(String)),
  setting('--password-file <file>', "the target's password, instead of PORT20_PASSWORD", String),
  toggle('--i-own-this-server', 'put load on a target that is not on this machine'),
  setting('--baseline <name>', 'the strategy that the others are compared with', String),
  setting('--workers <n>', 'processes of the built-in server, which share one data port', readCount(1)),
  setting('--retry <schedule>', 'bsd, proftpd, vsftpd, none, or waits such as 1,2,3', readRetry),
  setting('--time-unit <time>', 'length of one second of the retry schedule', time),
  setting('--bind-to-connect <time>', 'held between bind and connect', time),
  toggle('--require-data-port', 'count a data connection from another port than L-1 as a failure'),
];

const LOAD: readonly Option[] = [
  setting('--sessions <n>', 'control connections open at once', readCount(1)),
  setting('--workload <kind>', 'closed, open or bursts', oneOf('workload', ['closed', 'open', 'bursts'])),
  setting(
    '--think-time <time>',
    'closed: pause before each transfer: 20ms, exponential(20ms), uniform(10ms, 30ms)',
    checked(parseTimeDistribution),
  ),
  setting('--rate <n>', 'open: arrivals a second, whether or not others have ended', readRate),
  setting('--arrivals <kind>', 'open: poisson or constant', oneOf('arrivals', ['poisson', 'constant'])),
  setting('--every <time>', 'bursts: from one burst to the next', time),
  setting(
    '--burst <n>',
    'bursts: transfers that start in the same moment (default: one a session)',
    readCount(1),
  ),
  setting('--duration <time>', 'load time of one block, such as 2s', time),
  setting('--warm-up <time>', 'its first part, which is run and not counted', time),
  setting('--transfers <n>', 'transfers of one block at the most', readCount(0)),
  setting('--direction <name>', 'retr, stor or list', oneOf('direction', DIRECTIONS)),
  setting(
    '--mix <weights>',
    'several of them, such as retr:8,stor:1,list:1',
    checked((text) => parseWeights(text, oneOf('direction', DIRECTIONS))),
  ),
  setting(
    '--file-size <size>',
    '4KiB, 4KiB:9,1MiB:1 or lognormal(4KiB, 1.5, 1MiB): median, sigma, largest',
    checked(parseSizeDistribution),
  ),
  setting('--client-addresses <n>', 'addresses that the sessions share, or each', readAddresses),
  setting(
    '--client-port <kind>',
    'fresh, sticky or default (the same 4-tuple every time)',
    oneOf('client port', CLIENT_PORTS),
  ),
  setting('--announce <command>', 'PORT, EPRT or auto', oneOf('announcement', ANNOUNCEMENTS)),
  setting('--login <when>', 'once, or each: for every transfer anew', oneOf('login', LOGINS)),
  setting('--user-pi <client>', 'basic-ftp or lean', oneOf('user-PI', USER_PIS)),
  setting('--generators <n>', 'load generator processes', readCount(1)),
];

const RUN: readonly Option[] = [
  setting('--blocks <n>', 'blocks of each strategy in each scenario', readCount(1)),
  setting('--until <end>', 'blocks: all of them; conclusive: no more than it takes', oneOf('end', UNTILS)),
  setting('--max-time <time>', 'begin no block that would end later than this', time),
  setting('--rest <time>', 'pause before each block', time),
  setting('--seed <n>', 'seed of everything that is drawn', readCount(0, 2 ** 32 - 1)),
  setting('--out <file>', 'save the result as JSON', String),
  setting('--attempts <file>', 'save every transfer as a line of JSON', String),
  setting(
    '--dashboard [address:port]',
    'show the run in a browser while it runs (default: 127.0.0.1:8020)',
    readEndpoint,
  ),
  setting('--dir <folder>', 'keep the plan and each finished block in a folder of the run', String),
  setting(
    '--resume <folder>',
    'go on with a run that was cut off: nothing but its unfinished blocks',
    String,
  ),
  toggle('--allow-env-diff', 'with --resume: although the host has changed'),
  toggle('--json', 'print the result as JSON instead of tables'),
  toggle('--print-plan', 'print the plan with every default filled in, and stop'),
  toggle('--dry-run', 'check everything, say what would run and what it can tell, and stop'),
];

/** Those that say what the load is and against which strategies; `predict` has them, too. */
export function addPlanFlags(command: Command): Command {
  for (const option of [...SERVERS, ...LOAD]) command.addOption(option);
  return command;
}

export function addStressFlags(command: Command): Command {
  addPlanFlags(command);
  for (const option of RUN) command.addOption(option);
  return addResultFlags(command);
}
