#!/usr/bin/env node
// The command line: what commands there are, and how the process ends.
import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { addCompareFlags, compare } from './compare.ts';
import { applyConfigFile } from './config-file.ts';
import { exitStatusOf, messageOf } from './exit.ts';
import { readToggles } from './flags.ts';
import { say } from './output.ts';
import { serve } from './serve.ts';
import { addServeFlags } from './serve-flags.ts';
import { stress } from './stress.ts';
import { addStressFlags } from './stress-flags.ts';

function buildProgram(): Command {
  const program = new Command('port20')
    .description('Active-mode FTP from one local port: a server, a stress harness, a library.')
    .version(VERSION, '--version')
    .helpOption('--help', 'say what there is')
    .option('--config <file>', 'read settings from this file instead of port20.config.yaml')
    .option('--no-color', 'no colours (NO_COLOR does the same)')
    .option('--quiet', 'no progress, no hints')
    .configureHelp({ showGlobalOptions: true })
    // One line, in the form of all our others.
    .configureOutput({
      outputError: (text, write) =>
        write(
          `${text
            .trim()
            .replace(/^error: /, 'port20: ')
            .replace(/\n\(/g, ' (')}\n`,
        ),
    })
    .addHelpText('after', SETTINGS_HELP);

  addServeFlags(program.command('serve'))
    .description('serve a folder by FTP; active data connections leave from one local port')
    .addHelpText('after', SERVE_EXAMPLES);
  addStressFlags(
    program.command('stress').argument('[plan]', 'plan file (YAML); the Friedberg scenario by default'),
  )
    .description('run concurrent clients against every binder and compare the failure rates')
    .addHelpText('after', STRESS_EXAMPLES);
  addCompareFlags(
    program
      .command('compare')
      .argument('<a>', 'saved result, the baseline')
      .argument('[b]', 'saved result, the candidate; without it, two strategies of <a>'),
  )
    .description('put two results, or two strategies of one, side by side')
    .addHelpText('after', COMPARE_EXAMPLES);
  return program;
}

const SETTINGS_HELP = `
Settings come from flags, then PORT20_* (PORT20_BINDER=legacy), then port20.config.yaml, then defaults.

Exit status: 0 ok; 1 unexpected error; 2 usage or configuration; 3 preflight (privilege, limits, port taken);
4 incomplete or invalid run; 10 worse; 11 inconclusive (--strict); 130 and 143 signals.

Examples:
  port20 stress                                   the Friedberg scenario, every binder, under two minutes
  port20 serve --root ./pub --binder reuse-port   data connections from one port, any number at once
  port20 compare before.json after.json           did the failure rate change?`;

const SERVE_EXAMPLES = `
Examples:
  port20 serve --root ./pub                               on 127.0.0.1:2121, data connections from 2120
  port20 serve --binder legacy --retry none               the first transfer blocks the port for a minute
  PORT20_BINDER=legacy-bsd port20 serve --retry proftpd   by environment and flag
  port20 serve --listen 0.0.0.0:21 --root /srv/ftp --workers 2
  curl -P - ftp://127.0.0.1:2121/file                     fetch in active mode`;

const STRESS_EXAMPLES = `
Examples:
  port20 stress                                            the default plan, fixtures/plans/friedberg.yaml
  port20 stress --binder legacy,reuse-port --sessions 32   one scenario made of flags
  port20 stress --bind-to-connect 5ms --time-unit 5ms --duration 2s
  port20 stress plan.yaml --out result.json --json
  port20 stress --print-plan > plan.yaml                   a plan to start from`;

const COMPARE_EXAMPLES = `
Examples:
  port20 compare result.json --baseline legacy-bsd --candidate reuse-port
  port20 compare before.json after.json --margin 0.01 --format md`;

/** Hands the parsed command to its function and returns the exit status. */
async function main(argv: readonly string[]): Promise<number> {
  const program = buildProgram();
  let status = 0;
  const commands: Readonly<Record<string, (command: Command) => Promise<number>>> = {
    serve: (command) => serve(command),
    stress: (command) => stress(command.args[0], command),
    compare: (command) => compare(command.args, command),
  };
  const options = program.commands.flatMap((command) => command.options);
  readToggles(options, process.env);
  const known = options.map((option) => option.attributeName());
  for (const command of program.commands) {
    command.exitOverride().action(async () => {
      await applyConfigFile(command, known);
      status = (await commands[command.name()]?.(command)) ?? 0;
    });
  }
  await program.exitOverride().parseAsync(argv, { from: 'user' });
  return status;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitStatusOf(error);
  // Commander has said what was wrong with the command line.
  if (!(error instanceof Error && error.name === 'CommanderError')) say(messageOf(error));
}
