#!/usr/bin/env node
// The command line: reads it, hands over to one command, and ends with its exit status.
import { Command } from 'commander';
import { VERSION } from '../version.ts';
import { COMMANDS, type CommandDefinition } from './commands.ts';
import { applyConfigFile } from './config-file.ts';
import { readEnvironment } from './environment.ts';
import { exitStatusOf, messageOf } from './exit.ts';
import { say, surviveClosedStreams } from './output.ts';

const SETTINGS_HELP = `
Settings come from flags, then PORT20_* (PORT20_BINDER=legacy), then port20.config.yaml, then defaults.

Exit status: 0 ok; 1 unexpected error; 2 usage or configuration; 3 preflight (privilege, limits, port taken);
4 incomplete or invalid run; 10 worse; 11 inconclusive (--strict); 129, 130 and 143 signals.

Examples:
  port20 stress                                   the Friedberg scenario, every binder, under two minutes
  port20 serve --root ./pub --binder reuse-port   data connections from one port, any number at once
  port20 compare before.json after.json           did the failure rate change?
  port20 probe                                    what this kernel does with a local port that is shared`;

function buildProgram(): Command {
  const program = new Command('port20')
    .description('Active-mode FTP from one local port: a server, a stress harness, a probe, a library.')
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
    .addHelpText('after', SETTINGS_HELP)
    .exitOverride();
  for (const definition of COMMANDS) addCommand(program, definition);
  return program;
}

function addCommand(program: Command, definition: CommandDefinition): void {
  const command = program.command(definition.name).description(definition.description).exitOverride();
  for (const [notation, description] of definition.arguments) command.argument(notation, description);
  definition.addFlags(command).addHelpText('after', `\nExamples:${definition.examples}`);
}

type Use = (command: Command, definition: CommandDefinition) => void | Promise<void>;

/** Hands the command that was named to `use`, with its settings from everywhere. */
async function parse(argv: readonly string[], use: Use): Promise<void> {
  const program = buildProgram();
  readEnvironment(program, process.env);
  for (const definition of COMMANDS) {
    const command = program.commands.find((candidate) => candidate.name() === definition.name);
    command?.action(async () => {
      await applyConfigFile(program, command);
      await use(command, definition);
    });
  }
  await program.parseAsync(argv, { from: 'user' });
}

/** @returns the exit status of the command */
async function main(argv: readonly string[]): Promise<number> {
  let status = 0;
  await parse(argv, async (named, { load }) => {
    const run = await load();
    const again = async () => {
      let command = named;
      await parse(argv, (parsed) => {
        command = parsed;
      });
      return command;
    };
    status = await run(named, again);
  });
  return status;
}

surviveClosedStreams();
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.exitCode = exitStatusOf(error);
  // Commander has said what was wrong with the command line.
  if (!(error instanceof Error && error.name === 'CommanderError')) say(messageOf(error));
}
