// The READMEs: what they link to and name is there, commands have the flags they show, and the first screen is one.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { COMMANDS } from '../src/cli/commands.ts';
import { PLAN_KEYS } from '../src/plan/keys/plan.ts';
import { SCENARIO_KEYS } from '../src/plan/keys/scenario.ts';
import { run } from './cli/port20.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const MAX_LINES = 250;
const MAX_COLUMNS = 100;

const text = (path: string) => readFileSync(join(ROOT, path), 'utf8');

function readmesIn(folder: string): string[] {
  const names = readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /(?:^|\/)README\.md$/.test(name)).map((name) => join(folder, name));
}

const READMES = ['README.md', ...readmesIn('src')];

interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

function codeBlocks(markdown: string): CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({
    language,
    code,
  }));
}

/** As GitHub makes it of a heading. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

describe.each(READMES)('%s', (readme) => {
  const markdown = text(readme);

  it('links to what is there', () => {
    const broken = [...markdown.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^[a-z]+:/.test(link))
      .filter((link) => {
        const [path = '', anchor] = link.split('#');
        const target = path === '' ? readme : join(dirname(readme), path);
        if (!existsSync(join(ROOT, target))) return true;
        return anchor !== undefined && !anchorsOf(text(target)).includes(anchor);
      });
    expect(broken).toEqual([]);
  });

  it('names no file that is not there', () => {
    const named = markdown.match(/(?<![\w./-])(?:src|test|fixtures)\/[\w./-]*\w/g) ?? [];
    expect(named.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('shows commands with flags that they have', async () => {
    const wrong: string[] = [];
    for (const { command, flags } of commandsIn(markdown)) {
      const known = await flagsOf(command);
      wrong.push(...flags.filter((flag) => !known.has(flag)).map((flag) => `${command} ${flag}`));
    }
    expect(wrong).toEqual([]);
  });
});

describe('nothing that can be said is left unsaid', () => {
  const everything = READMES.map(text).join('\n');

  it.each(COMMANDS.map(({ name }) => name))('the flags of %s', async (command) => {
    const flags = [...(await flagsOf(command))].filter((flag) => flag !== '--help');
    expect(flags.filter((flag) => !new RegExp(`${flag}(?![\\w-])`).test(everything))).toEqual([]);
  });

  it('the keys of a plan', () => {
    const keys = [...Object.keys(PLAN_KEYS), ...Object.keys(SCENARIO_KEYS)];
    expect(keys.filter((key) => !text('src/plan/README.md').includes(`\`${key}\``))).toEqual([]);
  });
});

describe('the first screen', () => {
  const markdown = text('README.md');

  it('belongs to a README that is short', () => {
    expect(markdown.split('\n').length).toBeLessThan(MAX_LINES);
  });

  it('has a table that fits a terminal', () => {
    const table = codeBlocks(markdown).find(({ code }) => code.includes('───'));
    const widths = table?.code.split('\n').map((line) => [...line].length) ?? [];
    expect(Math.max(...widths)).toBeGreaterThan(0);
    expect(Math.max(...widths)).toBeLessThanOrEqual(MAX_COLUMNS);
  });
});

it('shows the programs that the test of the package compiles, each of them somewhere', () => {
  const shown = READMES.flatMap((readme) => codeBlocks(text(readme))).filter(
    ({ language, code }) => language === 'ts' && code.includes(" from 'port20"),
  );
  const programs = readdirSync(join(ROOT, 'test/package'))
    .filter((name) => name.endsWith('.ts') && name !== 'doors.ts')
    .map((name) => text(join('test/package', name)));
  expect(shown.map(({ code }) => code).sort()).toEqual(programs.sort());
  expect(codeBlocks(text('README.md')).map(({ code }) => code)).toContain(text('test/package/example.ts'));
});

it('is there, as every other document is that the code cites', () => {
  const sources = ['src', 'test'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  );
  const cited = sources.flatMap((file) =>
    [...text(file).matchAll(/(?<![\w./-])(?:[\w-]+\/)*[A-Z]{2,}\.md\b/g)].map(([path]) => ({ file, path })),
  );
  expect(cited.filter(({ path }) => !existsSync(join(ROOT, path)))).toEqual([]);
});

interface ShownCommand {
  readonly command: string;
  readonly flags: readonly string[];
}

/** Every `port20 …` of the console blocks. */
function commandsIn(markdown: string): ShownCommand[] {
  const lines = codeBlocks(markdown)
    .filter(({ language }) => language === 'console')
    .flatMap(({ code }) => code.split('\n').filter((line) => line.startsWith('$ ')));
  return lines
    .flatMap((line) => line.replace(/ # .*$/, '').split('&&'))
    .flatMap((part) => {
      const [, command, rest = ''] = /(?:^|\s)port20 ([a-z]+)(.*)$/.exec(part.trim()) ?? [];
      return command === undefined ? [] : [{ command, flags: rest.match(/(?<=\s)--[a-z-]+/g) ?? [] }];
    });
}

const helps = new Map<string, Promise<ReadonlySet<string>>>();

function flagsOf(command: string): Promise<ReadonlySet<string>> {
  const known = helps.get(command) ?? readFlags(command);
  helps.set(command, known);
  return known;
}

async function readFlags(command: string): Promise<ReadonlySet<string>> {
  const { stdout, status } = await run([command, '--help']);
  expect({ status, usage: stdout.split(' ', 3).slice(1) }).toEqual({ status: 0, usage: ['port20', command] });
  return new Set(stdout.match(/--[a-z-]+/g) ?? []);
}
