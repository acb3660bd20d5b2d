// Over TCP: every verb that names a file, every name that a disk can hold, and links that lead where no client may go.
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import type { Links } from '../../../src/net/tree/types.ts';
import { type DataListener, RawClient, readAll } from '../raw-client.ts';
import { type Serving, serving } from '../serving.ts';

/** A writing session whose lines, replies and data are byte strings. */
class ByteSession {
  readonly client: RawClient;
  readonly listener: DataListener;

  private constructor(client: RawClient, listener: DataListener) {
    this.client = client;
    this.listener = listener;
    client.socket.setEncoding('latin1');
  }

  static async with({ address }: Serving): Promise<ByteSession> {
    const client = await RawClient.loggedIn(address);
    return new ByteSession(client, await client.announce());
  }

  ask(line: string): Promise<string> {
    this.client.send(Buffer.from(`${line}\r\n`, 'latin1'));
    return this.client.reply();
  }

  /** What the data connection brought; the reply where there was none. */
  async fetch(line: string): Promise<string> {
    const first = await this.ask(line);
    if (!first.startsWith('150 ')) return first;
    const content = await readAll(await this.listener.accepted());
    expect(await this.client.reply()).toBe('226 Transfer complete.');
    return content.toString('latin1');
  }

  async store(line: string, content: string): Promise<string> {
    const first = await this.ask(line);
    if (!first.startsWith('150 ')) return first;
    (await this.listener.accepted()).resume().end(content);
    return this.client.reply();
  }

  async end(): Promise<void> {
    await this.client.quit();
    await this.listener.close();
  }
}

function writing(
  options: { readonly links?: Links },
  test: (session: ByteSession, root: string) => Promise<void>,
): Promise<void> {
  return serving({ write: true, ...options }, async (one) => {
    const session = await ByteSession.with(one);
    await test(session, one.root);
    await session.end();
  });
}

const ANY_BYTES = Array.from({ length: 255 }, (_, byte) => String.fromCharCode(byte + 1)).join('');

describe('names', () => {
  it.each([
    ['a space', ' a b '],
    ['a leading dash', './-al'],
    ['percent', '%2e%2e%2f%s'],
    ['brackets', '[a-z]{b,c}'],
    ['UTF-8', Buffer.from('größe ☃').toString('latin1')],
    ['Latin-1', 'caf\xe9'],
    ['0xFF, undoubled', 'a\xff.txt'],
    ['a backslash', 'a\\b'],
    ['quotes', 'a "b"'],
    ['tabs and escapes', 'a\t\x1b[31mb\x7f'],
    ['three dots', '...'],
    ['255 bytes', 'x'.repeat(255)],
    ['every byte that a line can carry', ANY_BYTES.replace(/[\r\n/]/g, '')],
  ])('with %s are the same bytes in every verb', (_kind, name) =>
    writing({}, async (session, root) => {
      const shown = name.replace('./', '');
      expect(await session.store(`STOR ${name}`, 'content')).toBe('226 Transfer complete.');
      expect(readdirSync(root, 'latin1')).toEqual([shown]);
      expect(await session.fetch(`RETR ${name}`)).toBe('content');
      expect(await session.fetch('NLST')).toBe(`${shown}\r\n`);
      expect((await session.fetch('LIST')).endsWith(` ${shown}\r\n`)).toBe(true);
      expect((await session.fetch('MLSD')).endsWith(`; ${shown}\r\n`)).toBe(true);
      expect(await session.ask(`MLST ${name}`)).toContain(`; /${shown}\r\n`);
      expect(await session.ask(`STAT ${name}`)).toMatch(/^213-[\s\S]+\r\n213 End\.$/);
      expect(await session.ask(`SIZE ${name}`)).toBe('213 7');
      expect(await session.ask(`MDTM ${name}`)).toMatch(/^213 \d{14}/);
      expect(await session.store(`APPE ${name}`, '+more')).toBe('226 Transfer complete.');
      expect(await session.ask(`RNFR ${name}`)).toMatch(/^350 /);
      expect(await session.ask('RNTO moved')).toMatch(/^250 /);
      expect(await session.ask(`MKD ${name}`)).toBe(`257 "/${shown.replaceAll('"', '""')}"`);
      expect(await session.ask('RNFR moved')).toMatch(/^350 /);
      expect(await session.ask(`RNTO ${name}/${shown}`)).toMatch(/^250 /);
      expect(await session.ask(`CWD ${name}`)).toBe(`250 "/${shown.replaceAll('"', '""')}"`);
      expect(await session.ask('PWD')).toBe(`257 "/${shown.replaceAll('"', '""')}"`);
      expect(await session.fetch(`RETR ${name}`)).toBe('content+more');
      expect(await session.ask(`DELE ${name}`)).toMatch(/^250 /);
      expect(await session.ask('CDUP')).toBe('250 "/"');
      expect(await session.ask(`RMD ${name}`)).toMatch(/^250 /);
      expect(readdirSync(root)).toEqual([]);
    }),
  );

  it('that differ in bytes which are no UTF-8 are two files', () =>
    writing({}, async (session) => {
      await session.store('STOR caf\xe9', 'e9');
      await session.store('STOR caf\xe8', 'e8');
      expect(await session.fetch('NLST')).toBe('caf\xe8\r\ncaf\xe9\r\n');
      expect(await session.fetch('RETR caf\xe9')).toBe('e9');
      expect(await session.fetch('RETR caf\xe8')).toBe('e8');
    }));

  it('on the disk, whatever they are, do not keep their folder: what can be named is emptied and removed', () =>
    writing({}, async (session, root) => {
      mkdirSync(join(root, 'd'));
      for (const name of ['caf\xe9', 'a\\b', '\xff\xfe', '\x80']) {
        writeFileSync(Buffer.from(join(root, 'd', name), 'latin1'), '');
      }
      symlinkSync('nowhere', join(root, 'd', 'gone'));
      symlinkSync('/etc', join(root, 'd', 'out'));
      const names = (await session.fetch('NLST d')).split('\r\n').slice(0, -1);
      expect(names).toHaveLength(6);
      for (const name of names) expect(await session.ask(`DELE ${name}`)).toMatch(/^250 /);
      expect(await session.ask('RMD d')).toMatch(/^250 /);
    }));

  it('with a line break forge no entry and no reply', () =>
    writing({}, async (session, root) => {
      writeFileSync(join(root, 'a\r\nb'), '');
      expect(await session.fetch('NLST')).toBe('a??b\r\n');
      expect((await session.fetch('LIST')).match(/\r\n/g)).toHaveLength(1);
      expect(await session.ask('STAT .')).toMatch(/^212-Status:\r\n[^\r\n]*a\?\?b\r\n212 End\.$/);
    }));
});

describe('RMD and DELE', () => {
  // RFC 959 4.1.3: RMD is for directories, DELE for files.
  it('take each only its own: 550, and nothing is removed', () =>
    writing({}, async (session, root) => {
      mkdirSync(join(root, 'd'));
      writeFileSync(join(root, 'f'), '');
      symlinkSync('d', join(root, 'link'));
      expect(await session.ask('RMD f')).toBe('550 Not a directory.');
      expect(await session.ask('XRMD f')).toBe('550 Not a directory.');
      expect(await session.ask('RMD link')).toBe('550 Not a directory.');
      expect(await session.ask('DELE d')).toBe('550 Illegal operation on a directory.');
      expect(readdirSync(root).sort()).toEqual(['d', 'f', 'link']);
      for (const line of ['DELE link', 'DELE f', 'XRMD d']) expect(await session.ask(line)).toMatch(/^250 /);
      expect(readdirSync(root)).toEqual([]);
    }));
});

/** A folder beside the root, and every way in which a link leads there. */
async function withOutside(test: (outside: string) => Promise<void>): Promise<void> {
  const outside = await mkdtemp(join(tmpdir(), 'port20-test-'));
  writeFileSync(join(outside, 'f'), 'canary');
  try {
    await test(outside);
  } finally {
    await rm(outside, { recursive: true });
  }
}

/** What a change would show in. */
function tellingOf(path: string): readonly unknown[] {
  const { ino, mode, size, mtimeMs, ctimeMs } = statSync(path);
  return [ino, mode, size, mtimeMs, ctimeMs, readFileSync(path, 'utf8')];
}

function linksTo(outside: string, root: string, what: string): string[] {
  const texts = [
    `${outside}${what}`,
    `${'../'.repeat(30)}${outside}${what}`,
    `/proc/self/root${outside}${what}`,
    `/proc/${process.pid}/cwd/${'../'.repeat(30)}${outside}${what}`,
  ];
  return texts.map((text, index) => {
    const name = `link${what === '' ? '' : '-file'}-${index}`;
    symlinkSync(text, join(root, name));
    return name;
  });
}

describe.each<Links>(['inside', 'refuse'])('links out of the root, --links %s', (links) => {
  it('are followed by no verb', () =>
    withOutside((outside) =>
      writing({ links }, async (session, root) => {
        const before = tellingOf(join(outside, 'f'));
        const folders = linksTo(outside, root, '');
        const files = [...linksTo(outside, root, '/f'), ...folders.map((name) => `${name}/f`)];
        writeFileSync(join(root, 'own'), '');
        for (const path of files) {
          for (const verb of ['RETR', 'APPE', 'STOR', 'LIST x/../', 'SIZE', 'CWD', 'MLSD', 'NLST', 'RNTO']) {
            const reply = await session.ask(`${verb} ${path}`);
            if (!reply.startsWith('150 ')) expect(reply).toMatch(/^5(50|03|01) /);
            else
              expect(await readAll(await session.listener.accepted()).then(String)).not.toContain('canary');
            if (reply.startsWith('150 ')) await session.client.reply();
          }
        }
        for (const name of folders) {
          for (const line of [
            `CWD ${name}`,
            `MKD ${name}/new`,
            `DELE ${name}/f`,
            `RMD ${name}`,
            `STOR ${name}/up`,
          ]) {
            expect(await session.ask(line)).toMatch(/^550 /);
          }
          expect(await session.ask('RNFR own')).toMatch(/^350 /);
          expect(await session.ask(`RNTO ${name}/own`)).toMatch(/^550 /);
        }
        expect(readdirSync(outside)).toEqual(['f']);
        expect(tellingOf(join(outside, 'f'))).toEqual(before);
      }),
    ));

  it('are listed as links, renamed and removed, and what they lead to is left alone', () =>
    withOutside((outside) =>
      writing({ links }, async (session, root) => {
        const names = [...linksTo(outside, root, ''), ...linksTo(outside, root, '/f')];
        symlinkSync('none', join(root, 'nowhere'));
        symlinkSync('circle', join(root, 'circle'));
        const all = [...names, 'nowhere', 'circle'].sort();
        const lines = (await session.fetch('LIST')).split('\r\n').slice(0, -1);
        expect(lines.map((line) => [line[0], line.split(' ').at(-1)])).toEqual(
          all.map((name) => ['l', name]),
        );
        expect(await session.fetch('NLST')).toBe(all.map((name) => `${name}\r\n`).join(''));
        for (const line of (await session.fetch('MLSD')).split('\r\n').slice(0, -1)) {
          expect(line).toMatch(/^type=OS\.unix=slink;modify=\d{14};UNIX\.mode=0\d{3}; /);
        }
        for (const name of all) {
          expect(await session.fetch(`LIST ${name}`)).toMatch(new RegExp(`^lrwxrwxrwx .* ${name}\r\n$`));
          expect(await session.ask(`MLST ${name}`)).toContain('type=OS.unix=slink;');
          expect(await session.ask(`SIZE ${name}`)).toMatch(/^550 /);
          expect(await session.ask(`RNFR ${name}`)).toMatch(/^350 /);
          expect(await session.ask('RNTO moved')).toMatch(/^250 /);
          expect(lstatSync(join(root, 'moved')).isSymbolicLink()).toBe(true);
          expect(await session.ask('DELE moved')).toMatch(/^250 /);
        }
        expect(readdirSync(root)).toEqual([]);
        expect(readFileSync(join(outside, 'f'), 'utf8')).toBe('canary');
      }),
    ));
});

describe('links within the root', () => {
  const setUp = (root: string) => {
    mkdirSync(join(root, 'd'));
    writeFileSync(join(root, 'd', 'f'), 'content');
    symlinkSync('d/f', join(root, 'file'));
    symlinkSync('/d', join(root, 'folder')); // from the root of who sees it
  };

  it('are followed as in a chroot, and listed as what they lead to', () =>
    writing({}, async (session, root) => {
      setUp(root);
      expect(await session.fetch('RETR file')).toBe('content');
      expect(await session.fetch('RETR folder/f')).toBe('content');
      expect(await session.ask('SIZE file')).toBe('213 7');
      expect((await session.fetch('LIST')).split('\r\n').map((line) => line[0])).toEqual([
        'd',
        '-',
        'd',
        undefined,
      ]);
      expect(await session.ask('CWD folder')).toBe('250 "/folder"');
      expect(await session.ask('CDUP')).toBe('250 "/"');
      expect(await session.store('STOR file', 'new')).toBe('226 Transfer complete.');
      expect(readFileSync(join(root, 'd', 'f'), 'utf8')).toBe('new');
    }));

  it('are refused by --links refuse, with the reason', () =>
    writing({ links: 'refuse' }, async (session, root) => {
      setUp(root);
      const refused = '550 Permission denied: links are not followed here.';
      for (const line of [
        'RETR file',
        'STOR file',
        'CWD folder',
        'RETR folder/f',
        'MKD folder/new',
        'LIST folder/f',
      ]) {
        expect(await session.ask(line)).toBe(refused);
      }
    }));

  it('lead anywhere by --links follow', () =>
    withOutside((outside) =>
      writing({ links: 'follow' }, async (session, root) => {
        symlinkSync(outside, join(root, 'link'));
        expect(await session.fetch('RETR link/f')).toBe('canary');
        expect(await session.fetch('NLST link')).toBe('link/f\r\n');
        expect((await session.fetch('LIST'))[0]).toBe('d');
      }),
    ));
});

it('a folder that is renamed in mid-transfer takes nothing along: the bytes are those of the file that was opened', () =>
  writing({}, async (session, root) => {
    const content = Buffer.alloc(20_000_000, 'content ').toString(); // more than the kernel buffers of both ends take
    mkdirSync(join(root, 'd'));
    writeFileSync(join(root, 'd', 'f'), content);
    const other = await RawClient.loggedIn(addressOf(session));
    expect(await session.ask('RETR d/f')).toMatch(/^150 /);
    const socket = await session.listener.accepted();
    expect(await other.command('RNFR d')).toMatch(/^350 /);
    expect(await other.command('RNTO e')).toMatch(/^250 /);
    symlinkSync('/etc', join(root, 'd'));
    expect((await readAll(socket)).toString() === content).toBe(true);
    expect(await session.client.reply()).toMatch(/^226 /);
    await other.quit();
  }));

function addressOf({ client: { socket } }: ByteSession) {
  return { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
}
