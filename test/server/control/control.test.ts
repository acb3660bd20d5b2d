// The control connection: commands in any packets, login, and the faults of the stock handlers kept from clients.
import { mkdir, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

describe('reading commands', () => {
  it('takes a command in two packets, two in one packet, and LF for CRLF', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.connect(address);
      client.send('NO');
      client.send('OP\r');
      client.send('\nSYST\nFEAT\r\n');
      expect(await client.reply()).toMatch(/^200 /);
      expect(await client.reply()).toBe('215 UNIX Type: L8');
      expect(await client.reply()).toMatch(/^211-Features:\r\n( \S[^\r\n]*\r\n)+211 End\.$/);
      await client.quit();
    }));

  it('drops a line of 1 MB without echoing it, and keeps the order of replies', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.connect(address);
      client.send(`NOOP\r\n${'x'.repeat(1_000_000)}\r\nSYST\r\n`);
      expect(await client.reply()).toMatch(/^200 /);
      expect(await client.reply()).toBe('500 Command line too long.');
      expect(await client.reply()).toMatch(/^215 /);
      await client.quit();
    }));

  it('ends a session that sends more commands ahead than any client needs', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      client.send('CWD /\r\n'.repeat(5000));
      let last = '';
      try {
        for (;;) last = await client.reply();
      } catch {
        expect(last).toBe('421 Too many commands at once.');
      }
    }));

  it('answers what it does not know, and ignores empty lines', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      client.send('\r\n\r\n');
      expect(await client.command('SMNT x')).toBe('502 Command not understood.');
      expect(await client.command('AUTH TLS')).toMatch(/^502 /);
      expect(await client.command('GET / HTTP/1.1')).toMatch(/^502 /);
      for (const verb of ['HASH f', 'HOST x', 'LANG en', 'XCRC f', 'PBSZ 0']) {
        expect(await client.command(verb)).toBe('502 Command not understood.');
      }
      expect(await client.command('\u0016\u0003\u0001')).toMatch(/^500 /);
      expect(await client.command('__proto__')).toMatch(/^500 /);
      expect(await client.command('ABOR')).toMatch(/^226 /);
      expect(await client.command('HELP')).toMatch(/^214-Commands:\r\n ABOR [\s\S]*\r\n214 End\.$/);
      await client.quit();
    }));
});

describe('logging in', () => {
  it('asks for a login before anything else', () =>
    serving({}, async ({ address, records }) => {
      const client = await RawClient.connect(address);
      for (const line of [
        'LIST',
        'RETR x',
        'STOR x',
        'PORT 127,0,0,1,8,72',
        'PASV',
        'EPSV',
        'CWD /',
        'PWD',
        'MLST',
      ]) {
        expect(await client.command(line)).toMatch(/^530 /);
      }
      expect(await client.command('PASS x')).toMatch(/^503 /);
      expect(records).toEqual([]);
      await client.quit();
    }));

  it('lets a session try again after a failed login, and change its user', () =>
    serving({ loginDelayMs: 0 }, async ({ address }) => {
      const client = await RawClient.connect(address);
      expect(await client.command('USER root')).toMatch(/^331 /);
      expect(await client.command('PASS secret')).toBe('530 Login incorrect.');
      expect(await client.command('PWD')).toMatch(/^530 /);
      expect(await client.command('USER ftp')).toMatch(/^331 /);
      expect(await client.command('PASS ')).toMatch(/^230 /);
      expect(await client.command('PWD')).toBe('257 "/"');
      expect(await client.command('USER anonymous')).toMatch(/^230 /);
      expect(await client.command('USER root')).toMatch(/^331 /);
      expect(await client.command('PWD')).toMatch(/^530 /);
      await client.quit();
    }));
});

describe('files and folders', () => {
  it('moves between folders and tells sizes and times', () =>
    serving({}, async ({ address, root }) => {
      await mkdir(join(root, 'a "b" -c'));
      await writeFile(join(root, 'a "b" -c', 'f'), '0123456789');
      const client = await RawClient.loggedIn(address);
      expect(await client.command('CWD a "b" -c')).toBe('250 "/a ""b"" -c"');
      expect(await client.command('SIZE f')).toBe('213 10');
      expect(await client.command('MDTM f')).toMatch(/^213 \d{14}/);
      expect(await client.command('MLST f')).toMatch(
        /^250-Facts:\r\n type=file;size=10;modify=\d{14};UNIX\.mode=0644; \/a "b" -c\/f\r\n250 /,
      );
      expect(await client.command('CDUP')).toBe('250 "/"');
      await client.quit();
    }));

  it('tells the status of the session, of a file and of a folder, as LIST shows them', () =>
    serving({}, async ({ address, root }) => {
      await mkdir(join(root, 'sub'));
      await writeFile(join(root, 'f'), '0123456789');
      const client = await RawClient.loggedIn(address);
      expect(await client.command('STAT')).toMatch(
        /^211-Status of this session:\r\n Connected from 127\.0\.0\.1\.\r\n Logged in as anonymous\.\r\n TYPE I, MODE S, STRU F\.\r\n Data connections: active, binder reuse-port\.\r\n211 End\.$/,
      );
      await client.command('EPSV');
      expect(await client.command('STAT')).toContain('\r\n Data connections: passive.\r\n');
      expect(await client.command('STAT f')).toMatch(
        /^213-Status:\r\n-rw-r--r-- {3}1 ftp {6}ftp {12}10 .{12} f\r\n213 End\.$/,
      );
      expect(await client.command('STAT -l /')).toMatch(
        /^212-Status:\r\n-rw\S+ +1 ftp +ftp .* f\r\ndrwx\S+ +1 ftp +ftp .* sub\r\n212 End\.$/,
      );
      expect(await client.command('STAT sub')).toBe('212-Status:\r\n212 End.');
      expect(await client.command('STAT none')).toBe('550 No such file or directory.');
      expect(await client.command('SIZE sub')).toBe('550 Is a directory.');
      expect(await client.command('SIZE /')).toBe('550 Is a directory.');
      await client.quit();
    }));

  it('keeps the status of a large folder short', () =>
    serving({}, async ({ address, root }) => {
      const names = Array.from({ length: 503 }, (_, i) => `file-${1000 + i}`);
      await Promise.all(names.map((name) => writeFile(join(root, name), '')));
      const client = await RawClient.loggedIn(address);
      const lines = (await client.command('STAT .')).split('\r\n');
      expect(lines.slice(1, -1).map((line) => line.split(' ').at(-1))).toEqual(names.slice(0, 500));
      expect(lines.at(-1)).toBe('212 End of the first 500 names, 3 more: use LIST.');
      await client.quit();
    }));

  it('keeps the root where it is', () =>
    serving({ write: true }, async ({ address, root }) => {
      await mkdir(join(root, 'sub'));
      const client = await RawClient.loggedIn(address);
      const refused = '550 Permission denied: the root folder cannot be changed.';
      for (const line of [
        'RMD /',
        'XRMD /',
        'DELE /',
        'RMD .',
        'RMD sub/..',
        'RMD ../..',
        'RNFR /',
        'RNFR .',
      ]) {
        expect(await client.command(line)).toBe(refused);
      }
      expect(await client.command('RNFR sub')).toMatch(/^350 /);
      expect(await client.command('RNTO /')).toBe(refused);
      expect(await client.command('RMD sub')).toMatch(/^250 /);
      expect(await client.command('RMD /')).toBe(refused); // it is empty now
      expect((await stat(root)).isDirectory()).toBe(true);
      await client.quit();
    }));

  it('never tells its own paths, and stays within its root', () =>
    serving({ write: true }, async ({ address, root }) => {
      const client = await RawClient.loggedIn(address);
      for (const line of ['CWD none', 'SIZE none', 'DELE none', 'RNFR none', 'RETR none', 'LIST none']) {
        const reply = await client.command(line);
        expect(reply).toMatch(/^550 /);
        expect(reply).not.toContain(root);
        expect(reply).not.toContain('ENOENT');
      }
      expect(await client.command('MKD sub')).toBe('257 "/sub"');
      expect(await client.command('MKD sub')).toBe('550 File already exists.');
      expect(await client.command('MKD none/sub')).toBe('550 No such file or directory.');
      expect(await client.command('RETR sub')).toBe('550 Is a directory.');
      expect(await client.command('CWD ../../..')).toBe('250 "/"');
      expect(await client.command('SIZE ../../../../etc/passwd')).toMatch(/^550 /);
      expect(await client.command('RNFR sub')).toMatch(/^350 /);
      expect(await client.command('RNTO other')).toMatch(/^250 /);
      expect(await client.command('RMD other')).toMatch(/^250 /);
      for (const verb of [
        'CWD',
        'SIZE',
        'MDTM',
        'DELE',
        'RETR',
        'STOR',
        'RNFR',
        'MKD',
        'PORT',
        'EPRT',
        'TYPE',
      ]) {
        expect(await client.command(verb)).toBe(`501 ${verb} needs an argument.`);
      }
      await client.quit();
    }));

  it('is read-only unless told otherwise', () =>
    serving({}, async ({ address, root, records }) => {
      await writeFile(join(root, 'f'), 'content');
      await symlink(join(root, 'f'), join(root, 'link'));
      const client = await RawClient.loggedIn(address);
      for (const line of [
        'STOR f',
        'STOR new',
        'APPE f',
        'STOU',
        'DELE f',
        'MKD d',
        'RMD d',
        'SITE CHMOD 600 f',
        'MFMT 20200101000000 f',
        'RNTO g',
      ]) {
        if (line === 'RNTO g') expect(await client.command('RNFR f')).toMatch(/^350 /);
        expect(await client.command(line)).toBe('550 Permission denied: this server is read-only.');
      }
      expect(records).toEqual([]);
      await client.quit();
    }));
});
