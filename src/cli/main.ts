#!/usr/bin/env node
// The program `port20`: its command line, and then its exit status.
import { outliveLostTerminal } from '../lost-terminal.ts';
import { runCommandLine } from './command-line.ts';
import { surviveClosedStreams } from './output.ts';

surviveClosedStreams();
process.exitCode = await runCommandLine(process.argv.slice(2));
outliveLostTerminal();
