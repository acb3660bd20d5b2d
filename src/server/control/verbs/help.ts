// HELP: the commands that there are, or how one of them is written.
import type { Command } from '../../../ftp/command-line.ts';
import { Refusal } from '../../refusal.ts';
import type { Session } from '../session.ts';
import type { FindVerb, Verb } from '../verb.ts';

const VERBS_A_LINE = 8;

/** @param names of all other verbs */
export function helpOn(names: readonly string[], findVerb: FindVerb<Session>): Verb<Session> {
  const list = ['Commands:', ...linesOf([...names, 'HELP'].sort()), 'End.'];
  const run = (session: Session, { argument }: Command) => {
    const name = argument.trim().toUpperCase();
    if (name === '') return session.reply(214, list);
    const verb = findVerb(name);
    if (verb === undefined) throw new Refusal(502, `No command '${name}'.`);
    session.reply(214, `Syntax: ${[name, verb.syntax ?? ''].join(' ').trimEnd()}`);
  };
  return { run, syntax: '[<command>]', beforeLogin: true };
}

function linesOf(names: readonly string[]): string[] {
  const lines: string[] = [];
  for (let at = 0; at < names.length; at += VERBS_A_LINE) {
    lines.push(` ${names.slice(at, at + VERBS_A_LINE).join(' ')}`);
  }
  return lines;
}
