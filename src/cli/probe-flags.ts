// The flags of `probe`.
import type { Command } from 'commander';
import type { Endpoint } from '../address.ts';
import {
  listSetting,
  oneOf,
  readCount,
  readDurationMs,
  readEndpoint,
  readPort,
  setting,
  toggle,
} from './flags.ts';
import type { OutputFlags } from './output.ts';

const FORMATS = ['text', 'md', 'json'] as const;
const LISTEN: readonly Endpoint[] = [{ address: '127.0.0.1', port: 2121 }];

export interface ProbeFlags extends OutputFlags {
  readonly cost?: boolean;
  readonly doctor?: boolean;
  readonly json?: boolean;
  readonly format: (typeof FORMATS)[number];
  readonly patience: number;
  readonly iOwnThisServer?: boolean;
  readonly listen: readonly Endpoint[];
  readonly dataPort?: number;
  readonly sessions?: number;
}

export function addProbeFlags(command: Command): Command {
  return command
    .addOption(toggle('--cost', 'what a bind and a connect cost, by the number of sockets on the port'))
    .addOption(toggle('--doctor', 'check this host for what keeps a server or a run from working'))
    .addOption(setting('--format <name>', FORMATS.join(', '), oneOf('format', FORMATS)).default('text'))
    .addOption(toggle('--json', 'the same as --format json'))
    .addOption(
      setting(
        '--patience <time>',
        'how long a server may go on retrying its data port; with --cost, how long a connection may take to arrive',
        readDurationMs,
      ).default(20_000, '20s'),
    )
    .addOption(
      // As for `serve`, whose setting it is: it may have several.
      listSetting(
        '--listen <address:port>',
        'with --doctor: where the server is to listen',
        readEndpoint,
        LISTEN,
      ).default(LISTEN, '127.0.0.1:2121'),
    )
    .addOption(setting('--data-port <port>', 'with --doctor: its data port (default: L-1)', readPort))
    .addOption(setting('--sessions <n>', 'with --doctor: sessions at once', readCount(1)))
    .addOption(toggle('--i-own-this-server', 'probe a server that is not on this machine'));
}
