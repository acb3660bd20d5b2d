// The flags of `agent`, and those of `stress` about agents.

import { isIP } from 'node:net';
import type { Command, Option } from 'commander';
import { NAME } from '../engine/redis/keys.ts';
import { canBeDialled, networkProblem } from '../engine/redis/networks.ts';
import { type RedisPlace, readRedisUrl } from '../engine/redis/url.ts';
import { quoted } from '../quoted.ts';
import { listSetting, oneOf, readCount, readDurationMs, readPath, setting } from './flags.ts';
import { under } from './help.ts';
import type { OutputFlags } from './output.ts';

const ENGINES = ['local', 'bullmq'] as const;

export interface AgentFlags extends OutputFlags {
  readonly redis?: RedisPlace;
  readonly name?: string;
  readonly address: readonly string[];
  readonly allow: readonly string[];
  readonly passwordFile?: string;
}

/** Of a run that agents carry. */
export interface EngineFlags {
  readonly engine: (typeof ENGINES)[number];
  readonly redis?: RedisPlace;
  readonly agents?: number;
  readonly agentsWithin: number;
  readonly agentSilence: number;
}

const REDIS =
  'Redis or Valkey, such as redis://127.0.0.1:6379; rediss:// for TLS; PORT20_REDIS hides its password';

function readRedisPlace(text: string): RedisPlace {
  if (text.trim() === '') throw new Error('is empty: name one, or leave the flag out');
  return readRedisUrl(text.trim());
}

/** Below that, an agent that lives and says so twice a second would be lost. */
const LEAST_SILENCE_MS = 1000;

function readSilenceMs(text: string): number {
  const ms = readDurationMs(text);
  if (ms >= LEAST_SILENCE_MS) return ms;
  throw new Error(`${quoted(text)} is too short: an agent speaks twice a second: 1s at the least`);
}

function readAddress(text: string): string {
  if (isIP(text) === 0) throw new Error(`${quoted(text)} is no IP address such as 10.0.0.5`);
  if (canBeDialled(text)) return text;
  throw new Error(`${quoted(text)} is no address that a server elsewhere could dial, such as 10.0.0.5`);
}

function readNetwork(text: string): string {
  const problem = networkProblem(text);
  if (problem === undefined) return text;
  throw new Error(`${quoted(text)} ${problem}`);
}

function readAgentName(text: string): string {
  if (NAME.test(text)) return text;
  throw new Error(`${quoted(text)} is no name of letters, digits, dots and dashes, 64 at the most`);
}

/** For `stress`. */
export function engineOptions(): readonly Option[] {
  return under('Agents on other machines:', [
    setting(
      '--engine <name>',
      'local: processes of this machine; bullmq: agents, over Redis',
      oneOf('engine', ENGINES),
    ).default('local'),
    setting('--redis <url>', REDIS, readRedisPlace),
    setting('--agents <n>', 'how many agents carry each block, a shard each', readCount(1, 1024)),
    setting('--agents-within <time>', 'how long they are waited for', readDurationMs).default(30_000, '30s'),
    setting(
      '--agent-silence <time>',
      'an agent that says nothing for so long has lost its shard',
      readSilenceMs,
    ).default(10_000, '10s'),
  ]);
}

export function addAgentFlags(command: Command): Command {
  const options = [
    setting('--redis <url>', REDIS, readRedisPlace),
    setting('--name <name>', 'what it is called in results and messages (default: HOST-PID)', readAgentName),
    listSetting('--address <addresses>', 'where servers reach it', readAddress, []),
    listSetting('--allow <networks>', 'servers that it may load, such as 10.0.0.0/8', readNetwork, []),
    setting('--password-file <file>', "the targets' password, instead of PORT20_PASSWORD", readPath),
  ];
  for (const option of options) command.addOption(option);
  return command;
}
