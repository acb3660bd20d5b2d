// A command line: reads it, hands over to one command, and resolves with the exit status.
import { Command } from 'commander';
import { inOneLine } from '../quoted.ts';
import { VERSION } from '../version.ts';
import { COMMANDS, type CommandDefinition } from './commands.ts';
import { applyConfigFile } from './config-file.ts';
import { readEnvironment } from './environment.ts';
import { exitStatusOf, messageOf } from './exit.ts';
import { readPath, setting, toggle } from './flags.ts';
import { addHelpCommand, arrangeHelp, examplesInColumns } from './help.ts';
import { refuseIdleFlags } from './idle-flags.ts';
import { say } from './output.ts';

const SETTINGS_HELP = `
Settings come from flags, then PORT20_* (PORT20_BINDER=legacy for --binder),
then port20.config.yaml, then defaults.
`;

const STATUS_HELP = `
Exit status: 0 ok; 1 unexpected error; 2 usage or configuration; 3 preflight
(privilege, limits, a port or file that is taken or cannot be written);
4 incomplete or invalid run; 10 worse; 11 inconclusive (--strict);
99 a threshold is not kept, or has ended a run early, or a case breaks; 129, 130 and 143 signals.
`;

const EXAMPLES = `
  port20 stress                                   a first look: who fails under load, in some 15 seconds
  port20 serve --root ./pub --binder reuse-port   data connections from one port, any number at once
  port20 compare before.json after.json           did the failure rate change?
  port20 probe                                    what this kernel does with a local port that is shared`;

function buildProgram(): Command {
  const program = new Command('port20')
    .description('Active-mode FTP from one local port: a server, a stress harness, a probe, a library.')
    .version(VERSION, '--version', 'say which version this is')
    .addOption(
      setting('--config <file>', 'read settings from this file instead of port20.config.yaml', readPath),
    )
    .addOption(toggle('--no-color', 'no colours (NO_COLOR does the same)'))
    .addOption(toggle('--quiet', 'no progress, no hints'))
    .configureOutput({ outputError: (text, write) => write(`${commandersLine(text)}\n`) })
    .addHelpText('after', `${SETTINGS_HELP}${STATUS_HELP}\nExamples:\n${examplesInColumns(EXAMPLES)}`)
    .exitOverride();
  arrangeHelp(program);
  for (const definition of COMMANDS) addCommand(program, definition);
  addHelpCommand(program);
  return program;
}

/** One line, in the form of all our others, in which a value stands once. */
function commandersLine(text: string): string {
  const line = text
    .trim()
    .replace(/^error: /, '')
    .replace(/\n\(/g, ' (');
  const [, flag, variable, problem] = INVALID.exec(line) ?? [];
  return `port20: ${inOneLine(problem === undefined ? line : `${variable ?? flag}: ${problem}`)}`;
}

const INVALID =
  /^option '(?:-\w, )?(--[\w-]+)[^']*' (?:argument|value) '.*?'(?: from env '(\w+)')? is invalid\. (.*)$/s;

function addCommand(program: Command, definition: CommandDefinition): void {
  const command = program.command(definition.name).description(definition.description).exitOverride();
  for (const [notation, description] of definition.arguments) command.argument(notation, description);
  arrangeHelp(definition.addFlags(command));
  command.addHelpText('after', `${SETTINGS_HELP}\nExamples:\n${examplesInColumns(definition.examples)}`);
}

/** Says what went wrong, in one line; never rejects. @returns the exit status */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  try {
    return await obey(argv);
  } catch (error) {
    // Commander has said what was wrong with the command line.
    if (!(error instanceof Error && error.name === 'CommanderError')) say(messageOf(error));
    return exitStatusOf(error);
  }
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
async function obey(argv: readonly string[]): Promise<number> {
  let status = 0;
  await parse(argv, async (named, { load }) => {
    // By what is in force, wherever that was said. Not when it is read again: what a file says no more may be what a flag was for.
    refuseIdleFlags(named);
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
