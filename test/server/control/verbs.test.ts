// Verb by verb: what each answers, whole, before and behind the login; and that FEAT and HELP tell the truth.
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { RawClient } from '../raw-client.ts';
import { serving } from '../serving.ts';

type Exchange = readonly [line: string, reply: string | RegExp];

/** Says each line and expects its reply. */
async function expectReplies(client: RawClient, exchanges: readonly Exchange[]): Promise<void> {
  for (const [line, reply] of exchanges) {
    const got = await client.command(line);
    if (typeof reply === 'string') expect([line, got]).toEqual([line, reply]);
    else expect(got).toMatch(reply);
  }
}

describe('before the login', () => {
  it('answers what old clients say first', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.connect(address);
      await expectReplies(client, [
        ['OPTS UTF8 ON', '200 UTF8 is on.'],
        ['opts utf-8 on', '200 UTF8 is on.'],
        ['OPTS UTF8', '501 UTF8 is ON, and cannot be anything else.'],
        ['OPTS UTF8 OFF', '501 UTF8 is ON, and cannot be anything else.'],
        ['OPTS MLST type;size;', '200 MLST OPTS type;size;'],
        ['OPTS', '501 OPTS needs an argument.'],
        ['OPTS HASH SHA-1', "501 No option 'HASH'."],
        ['CLNT NcFTP 3.2.6', '200 Noted.'],
        ['ACCT x', '202 No account is needed.'],
        ['REIN', '220 Ready for a new user.'],
        ['HELP', /^214-Commands:/],
        ['SYST', '215 UNIX Type: L8'],
        ['ABOR', /^226 /],
        ['SITE HELP', /^530 /],
        ['MFMT 20200101000000 f', /^530 /],
        ['TYPE I', /^530 /],
        ['STAT', /^530 /],
      ]);
      await client.quit();
    }));
});

describe('USER and REIN', () => {
  it('USER changes the user at any time; the parameters of transfers stay (RFC 959 4.1.1)', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      await expectReplies(client, [
        ['USER ftp', /^331 /],
        ['PWD', /^530 /],
        ['PASS x', /^230 /],
        ['PASS x', /^202 /],
        ['STAT', /\r\n Logged in as ftp\.\r\n TYPE I, MODE S, STRU F\.\r\n/],
        ['USER anonymous', /^230 /],
        ['PWD', '257 "/"'],
      ]);
      await client.quit();
    }));

  it('REIN forgets the user, the folder, TYPE, REST, the facts, the data port and EPSV ALL', () =>
    serving({}, async ({ address, root }) => {
      await mkdir(join(root, 'sub'));
      await writeFile(join(root, 'f'), '0123456789');
      const client = await RawClient.loggedIn(address);
      const listener = await client.announce();
      await expectReplies(client, [
        ['CWD sub', /^250 /],
        ['OPTS MLST type;', /^200 /],
        ['REST 5', /^350 /],
        ['EPSV ALL', /^200 /],
        ['REIN', '220 Ready for a new user.'],
        ['PWD', /^530 /],
        ['PASS x', '503 Send USER first.'],
        ['USER anonymous', /^230 /],
        ['PWD', '257 "/"'],
        ['STAT', /\r\n TYPE A, MODE S, STRU F\.\r\n/],
        ['MLST f', /type=file;size=10;modify=/],
        // Nobody has said PORT since: it is the control connection's own port that is dialled.
        ['RETR f', new RegExp(`^425 .*:${client.local.port}: ECONNREFUSED$`)],
      ]);
      expect(listener.unasked).toBe(0);
      const again = await client.announce();
      expect((await client.fetch('RETR f', again)).content.toString()).toBe('0123456789');
      await client.quit();
      await Promise.all([listener.close(), again.close()]);
    }));

  it('REIN starts the time to log in anew', () =>
    serving({ loginTimeoutMs: 200 }, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      await client.command('REIN');
      expect(await client.reply()).toBe('421 No login for too long.');
      await client.ended();
    }));
});

describe('parameters', () => {
  it('TYPE, MODE, STRU, ALLO, REST', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      await expectReplies(client, [
        ['TYPE I', '200 TYPE is I.'],
        ['TYPE A N', '200 TYPE is A N.'],
        ['type a', '200 TYPE is A.'],
        ['TYPE L 8', '200 TYPE is L 8.'],
        ['TYPE E', '504 TYPE is A, I or L 8.'],
        ['TYPE A T', /^504 /],
        ['TYPE L 7', /^504 /],
        ['MODE S', '200 MODE is S.'],
        ['MODE B', '504 MODE is S for stream only.'],
        ['STRU f', '200 STRU is F.'],
        ['STRU R', '504 STRU is F for file only.'],
        ['ALLO 123456', /^200 /],
        ['ALLO 123456 R 80', /^200 /],
        ['ALLO', /^501 /],
        ['ALLO much', /^501 /],
        ['REST -1', /^501 /],
        ['REST 5', '350 Restarting at 5. Send STOR or RETR.'],
      ]);
      await client.quit();
    }));

  it('OPTS MLST: the facts that are asked for, in MLST, in FEAT, and none (RFC 3659 7.9)', () =>
    serving({}, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'x');
      const client = await RawClient.loggedIn(address);
      await expectReplies(client, [
        ['OPTS MLST size;perm;type;', '200 MLST OPTS type;size;'],
        ['MLST f', '250-Facts:\r\n type=file;size=1; /f\r\n250 End.'],
        ['FEAT', /\r\n MLST type\*;size\*;modify;UNIX\.mode;\r\n/],
        ['OPTS MLST modify', '200 MLST OPTS modify;'],
        ['OPTS MLST perm;', '200 MLST OPTS'],
        ['OPTS MLST', '200 MLST OPTS'],
        ['MLST f', '250-Facts:\r\n  /f\r\n250 End.'],
      ]);
      await client.quit();
    }));
});

describe('HELP and FEAT', () => {
  it('HELP of every command that it lists tells how it is written', () =>
    serving({}, async ({ address }) => {
      const client = await RawClient.loggedIn(address);
      const [, ...lines] = (await client.command('HELP')).split('\r\n');
      const verbs = lines.slice(0, -1).flatMap((line) => line.trim().split(' '));
      expect(verbs).toEqual([...new Set(verbs)].sort());
      for (const verb of ['USER', 'REIN', 'SITE', 'HELP', 'MFMT']) expect(verbs).toContain(verb);
      for (const verb of verbs) {
        const help = await client.command(`HELP ${verb.toLowerCase()}`);
        expect(help).toMatch(new RegExp(`^214 Syntax: ${verb}( .+)?$`));
        // What needs an argument says so by <…> or (…), and 501 without one; what needs none takes none.
        if (['QUIT', 'REIN'].includes(verb)) continue;
        const needsOne = /^214 Syntax: \w+ [<(A-Z]/.test(help);
        if (needsOne) expect(await client.command(verb)).toMatch(/^501 |^503 /);
      }
      await expectReplies(client, [
        ['HELP NONE', "502 No command 'NONE'."],
        ['SITE HELP', '214-SITE commands:\r\n CHMOD <mode> <path>\r\n HELP\r\n214 End.'],
      ]);
      await client.quit();
    }));

  it.each([true, false])('FEAT lists what works, each behind one space; write: %j', (write) =>
    serving({ write }, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'x');
      const client = await RawClient.loggedIn(address);
      const [first, ...lines] = (await client.command('FEAT')).split('\r\n');
      expect([first, lines.pop()]).toEqual(['211-Features:', '211 End.']);
      expect(lines.every((line) => /^ [A-Z0-9]+( \S+)?$/.test(line))).toBe(true);
      const features = lines.map((line) => line.trim().split(' ')[0]);
      const tries: Readonly<Record<string, string>> = {
        CLNT: 'CLNT x',
        EPRT: `EPRT |1|${client.local.address}|${client.local.port}|`,
        EPSV: 'EPSV',
        MDTM: 'MDTM f',
        MFMT: 'MFMT 20200101000000 f',
        MLST: 'MLST f',
        REST: 'REST 1',
        SIZE: 'SIZE f',
        TVFS: 'CWD /./',
        UTF8: 'OPTS UTF8 ON',
      };
      expect(features).toEqual(Object.keys(tries).filter((feature) => write || feature !== 'MFMT'));
      for (const feature of features) {
        expect(await client.command(tries[feature ?? ''] ?? '')).toMatch(/^[23]\d\d/);
      }
      await client.quit();
    }),
  );
});

describe('changing files', () => {
  it('SITE CHMOD and MFMT do what they say, and name what is wrong', () =>
    serving({ write: true }, async ({ address, root }) => {
      const path = join(root, ' a name');
      await writeFile(path, 'x');
      const client = await RawClient.loggedIn(address);
      const refusedMode = '501 SITE CHMOD needs a mode of three octal digits and a path.';
      const refusedTime = '501 MFMT needs a time, YYYYMMDDHHMMSS, and a path.';
      await expectReplies(client, [
        ['SITE CHMOD 600  a name', '200 Mode changed.'],
        ['SITE chmod 0640  a name', '200 Mode changed.'],
        ['SITE CHMOD 4755  a name', refusedMode],
        ['SITE CHMOD 999 f', refusedMode],
        ['SITE CHMOD', refusedMode],
        ['SITE CHMOD 644 none', '550 No such file or directory.'],
        ['SITE CHMOD 700 /', '550 Permission denied: the root folder cannot be changed.'],
        ['SITE UTIME x', '504 No SITE UTIME: SITE HELP tells what there is.'],
        ['SITE', '501 SITE needs an argument.'],
        ['MFMT 20200229123456  a name', '213 Modify=20200229123456;  a name'],
        ['MDTM  a name', '213 20200229123456.000'],
        ['MFMT 20210229123456 f', refusedTime],
        ['MFMT 20200229123456', refusedTime],
        ['MFMT 20200229123456 none', '550 No such file or directory.'],
      ]);
      const { mode, mtimeMs } = await stat(path);
      expect(mode & 0o7777).toBe(0o640);
      expect(mtimeMs).toBe(Date.UTC(2020, 1, 29, 12, 34, 56));
      await client.quit();
    }));

  it.each([
    ['NOOP', 'NOOP'],
    ['what is no command', 'nonsense'],
    ['a RNFR that fails', 'RNFR none'],
    ['a DELE that fails', 'DELE none'],
    ['RNTO without a name', 'RNTO'],
    ['a line that is too long', `STOR ${'x'.repeat(5000)}`],
    ['a line with a CR in it', 'PWD\rX'],
  ])('RNFR is forgotten by %s between', (_what, between) =>
    serving({ write: true }, async ({ address, root }) => {
      await writeFile(join(root, 'f'), 'x');
      const client = await RawClient.loggedIn(address);
      expect(await client.command('RNFR f')).toMatch(/^350 /);
      await client.command(between);
      expect(await client.command('RNTO g')).toMatch(/^503 /);
      expect(await client.command('RNFR f')).toMatch(/^350 /);
      expect(await client.command('RNTO none/g')).toMatch(/^550 /);
      expect(await client.command('RNTO g')).toMatch(/^503 /);
      await expectReplies(client, [
        ['RNFR f', /^350 /],
        ['RNTO g', /^250 /],
      ]);
      expect(await readFile(join(root, 'g'), 'utf8')).toBe('x');
      await client.quit();
    }),
  );
});

describe('CR, NUL and LF (RFC 959 5.3.1)', () => {
  it('501 for a CR or a NUL inside a command: one reply, and nothing of it is done', () =>
    serving({ write: true }, async ({ address, root }) => {
      for (const name of ['a', 'a\rb', 'x']) await writeFile(join(root, name), 'kept');
      const client = await RawClient.loggedIn(address);
      const refused = '501 No CR or NUL within a command.';
      await expectReplies(client, [
        ['PWD\rQUIT', refused],
        ['DELE a\rb', refused],
        ['DELE a\0', refused],
        ['DELE a\r\0', refused],
        ['STOR x\0y', refused],
        ['CWD a\0b', refused],
        ['NOOP\r', refused],
        ['NOOP', /^200 /],
      ]);
      for (const name of ['a', 'a\rb', 'x']) {
        expect(await readFile(join(root, name), 'utf8')).toBe('kept');
      }
      client.send('NOOP\nPWD\n');
      expect([await client.reply(), await client.reply()]).toEqual([
        expect.stringMatching(/^200 /),
        '257 "/"',
      ]);
      await client.quit();
    }));
});
