// The example configuration against the flags of `serve`: every setting, each once, with its default, and marked truly.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Command, type Option } from 'commander';
import { parse } from 'yaml';
import { addServeFlags, type ServeFlags } from '../../src/cli/serve-flags.ts';
import { optionsOf } from '../../src/cli/serve-options.ts';
import { describeReload } from '../../src/cli/serve-reload.ts';
import { reloaded } from '../../src/server/reload.ts';
import { certificateIn } from '../support/certificate.ts';
import { ownAddress } from '../support/loopback.ts';
import { emptyFolder, run } from './port20.ts';

const FILE = fileURLToPath(new URL('../../fixtures/port20.config.yaml', import.meta.url));
const TEXT = readFileSync(FILE, 'utf8');
/** A setting that is commented out stands behind `#` without a space. */
const LINES = TEXT.split('\n').flatMap((line) => {
  const [, off, key, value] = /^(#?)([a-z-]+): (.+)$/.exec(line) ?? [];
  return key === undefined ? [] : [{ key, value: value ?? '', off: off === '#' }];
});
/** Those that have a variable in the environment: what is for one call alone, such as --check, has none. */
const SETTINGS = addServeFlags(new Command()).options.filter((option) => option.envVar !== undefined);

it('has every setting of serve, and no other, once', () => {
  const names = SETTINGS.map((option) => option.name());
  expect(LINES.map(({ key }) => key).toSorted()).toEqual(names.toSorted());
});

it('reads as YAML as it is, and with everything in it', () => {
  expect(Object.keys(parse(TEXT))).toEqual(LINES.filter(({ off }) => !off).map(({ key }) => key));
  expect(Object.keys(parse(TEXT.replace(/^#(?=[a-z])/gm, '')))).toHaveLength(LINES.length);
});

const withDefault = SETTINGS.filter((option) => option.isBoolean() || option.defaultValue !== undefined);

describe('shows the default of', () => {
  it.each(withDefault.map((option) => [option.name(), option] as const))('%s', (name, option) => {
    const line = LINES.find(({ key }) => key === name);
    if (line?.off) expect(valueFrom(option, line.value)).toEqual(option.defaultValue ?? false);
  });
});

function valueFrom(option: Option, text: string): unknown {
  if (option.isBoolean()) return parse(text);
  return option.parseArg === undefined ? text : option.parseArg(text, undefined);
}

it('is accepted with all that it shows', async () => {
  const [file, users] = [join(emptyFolder(), 'all.yaml'), join(emptyFolder(), 'users')];
  const { cert, key } = certificateIn(emptyFolder());
  writeFileSync(users, 'mo:$2b$05$abcdefghijklmnopqrstuu.C5eTYaOqCj1JOCpoXTlv.rqKj/g1Hm:::::\n', {
    mode: 0o600,
  });
  const all = TEXT.replace(/^#(?=[a-z])/gm, '')
    .replace(/^users: .*$/m, `users: ${users}`)
    .replace(/^tls-cert: .*$/m, `tls-cert: ${cert}`)
    .replace(/^tls-key: .*$/m, `tls-key: ${key}`)
    .replace(/^implicit-tls: .*$/m, 'implicit-tls: 2121');
  writeFileSync(file, all.replace(/^(user|group|banner-file): .*$/gm, '')); // the last stands in place of `banner`
  const place = ['--listen', `${ownAddress()}:2121`, '--data-port', '2120', '--root', emptyFolder()];
  const { status, stdout } = await run(['serve', '--check', '--config', file, ...place]);
  expect(status).toBe(0);
  expect(stdout.match(/^.* default$/gm)).toEqual([
    expect.stringMatching(/^ {2}banner-file /),
    expect.stringMatching(/^ {2}user /),
    expect.stringMatching(/^ {2}group /),
  ]);
});

describe('marks with (reload) what a reload changes', () => {
  const flags = addServeFlags(new Command()).opts() as ServeFlags;

  it.each(SETTINGS.map((option) => [option.name(), option.attributeName() as keyof ServeFlags] as const))(
    '%s',
    (name, attribute) => {
      const before = { ...flags, ...BESIDE[name] };
      const other = { ...before, [attribute]: ANOTHER[name] ?? 7 };
      const told = describeReload(before, other, reloaded(optionsOf(before), optionsOf(other)));
      const line = isMarked(name) ? `changed ${name}` : `nothing changed; kept until a restart: ${name}`;
      expect(
        told
          .split('; ')
          .slice(0, isMarked(name) ? 1 : 2)
          .join('; '),
      ).toBe(line);
    },
  );
});

const CERTIFICATE = { tlsCert: 'cert.pem', tlsKey: 'key.pem' };

/** What another value needs: anonymous users may log in anyway without a file of others. */
const BESIDE: Readonly<Record<string, Partial<ServeFlags>>> = {
  anonymous: { users: 'f' },
  tls: CERTIFICATE,
  'tls-cert': CERTIFICATE,
  'tls-key': CERTIFICATE,
  'implicit-tls': CERTIFICATE,
};

/** Another value than the default, where a number will not do. */
const ANOTHER: Readonly<Record<string, unknown>> = {
  listen: [{ address: '127.0.0.1', port: 21 }],
  root: '/srv',
  links: 'follow',
  write: true,
  'sync-uploads': true,
  'file-calls': 'pool',
  users: 'users',
  anonymous: true,
  banner: 'Hello',
  'banner-file': fileURLToPath(new URL('../../LICENSE', import.meta.url)),
  binder: 'reuse-addr',
  retry: 'bsd',
  'passive-ports': { low: 50_000, high: 50_001 },
  'active-address': 'peer',
  'passive-address': '192.0.2.1',
  'connect-retry': 'bsd',
  tls: 'require',
  'tls-cert': 'other.pem',
  'tls-key': 'other.pem',
  'implicit-tls': 2121,
  'tls-reuse': 'require',
  'tls-bare-fin': 'accept',
};

/** By the comment above it, or by its section's. */
function isMarked(name: string): boolean {
  const above = TEXT.slice(0, TEXT.search(new RegExp(`^#?${name}: `, 'm'))).split('\n\n');
  const heading = above.findLast((part) => /^# [^\n]*$/.test(part)) ?? '';
  return `${heading} ${above.at(-1)}`.includes('(reload)');
}
