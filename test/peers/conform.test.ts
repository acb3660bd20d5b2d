// Every case of `conform` against real daemons and ours: ours breaks in none, and the table of the README is what is found.
// CONFORM_TABLE=write npm run test:peers -- conform     writes it
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { throwawayCertificate } from '../../src/engine/throwaway-certificate.ts';
import type { Daemon } from '../../src/peers/daemon.ts';
import { DAEMONS } from '../../src/peers/peers.ts';
import { startDaemon } from '../../src/peers/start.ts';
import { conform } from '../../src/probe/conform/conform.ts';
import type { CaseVerdict, ConformReport } from '../../src/probe/types.ts';
import { createServer } from '../../src/server/server.ts';
import { ownAddress } from '../support/loopback.ts';
import { inetutilsFtpd, stockFtpSrv } from './foreign.ts';
import { createRoot } from './root.ts';

const FOREIGN: Readonly<Record<string, Daemon>> = {
  vsftpd: DAEMONS.vsftpd,
  ProFTPD: DAEMONS.proftpd,
  'Pure-FTPd': DAEMONS['pure-ftpd'],
  pyftpdlib: DAEMONS.pyftpdlib,
  'inetutils ftpd': inetutilsFtpd,
  'ftp-srv': stockFtpSrv,
};
const README = fileURLToPath(new URL('../../src/probe/conform/README.md', import.meta.url));
const MARKS = ['<!-- table -->', '<!-- end of table -->'] as const;
const SHOWN: Readonly<Record<CaseVerdict, string>> = {
  conforms: 'yes',
  tolerable: 'tolerable',
  breaks: '**breaks**',
  'not-run': '–',
};

async function ofDaemon(name: string, daemon: Daemon): Promise<ConformReport> {
  const root = await createRoot();
  const place = { address: ownAddress(), port: 2121 };
  const peer = await startDaemon(name, daemon, { server: place, root: root.path });
  try {
    return await conform({ server: place, ...peer.login, path: 'uploads/' }, { name });
  } finally {
    await peer.stop();
    await root.remove();
  }
}

async function ofOurs(): Promise<ConformReport> {
  const root = await createRoot();
  const tlsPem = throwawayCertificate();
  const server = createServer({ host: ownAddress(), port: 2121, root: root.path, write: true, tlsPem });
  try {
    const target = { server: await server.listen(), user: 'anonymous', password: 'x@', path: 'uploads/' };
    return await conform(target, { name: 'port20' });
  } finally {
    await server.close();
    await root.remove();
  }
}

function tableOf(reports: readonly ConformReport[]): string {
  const [first] = reports;
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const count = (report: ConformReport, verdict: CaseVerdict) =>
    report.cases.filter((one) => one.verdict === verdict).length;
  const totals = (['conforms', 'tolerable', 'breaks', 'not-run'] as const).map((verdict) =>
    row([`**${verdict}**`, ...reports.map((report) => String(count(report, verdict)))]),
  );
  const cases = (first?.cases ?? [])
    .filter(({ theme }) => theme !== 'abuse')
    .map(({ id }) =>
      row([
        `\`${id}\``,
        ...reports.map(({ cases }) => SHOWN[cases.find((one) => one.id === id)?.verdict ?? 'not-run']),
      ]),
    );
  const head = row(['case', ...reports.map(({ name }) => name ?? '')]);
  return [head, row(['---', ...reports.map(() => '---')]), ...totals, ...cases].join('\n');
}

it('the table of the README', async () => {
  const reports = await Promise.all([
    ofOurs(),
    ...Object.entries(FOREIGN).map(([name, daemon]) => ofDaemon(name, daemon)),
  ]);
  if (process.env.CONFORM_SEEN !== undefined)
    await writeFile(process.env.CONFORM_SEEN, JSON.stringify(reports, null, 1));
  expect(reports[0]?.cases.filter(({ verdict }) => verdict === 'breaks')).toEqual([]);
  // Of another there may be some: a server that dies of a case cannot be tidied up.
  expect(reports[0]?.notes).toEqual([]);
  const text = await readFile(README, 'utf8');
  const [start, end] = MARKS.map((mark) => text.indexOf(mark)) as [number, number];
  if (process.env.CONFORM_TABLE === 'write') {
    await writeFile(
      README,
      `${text.slice(0, start)}${MARKS[0]}\n\n${tableOf(reports)}\n\n${text.slice(end)}`,
    );
  } else {
    // What a daemon does may hang on the machine's other work; what ours does may not, nor which cases there are.
    const ours = tableOf(reports.slice(0, 1))
      .split('\n')
      .filter((row) => row.startsWith('| `'));
    const inReadme = text
      .slice(start, end)
      .split('\n')
      .filter((row) => row.startsWith('| `'));
    expect(inReadme.map((row) => `${row.split(' | ').slice(0, 2).join(' | ')} |`)).toEqual(ours);
  }
});
