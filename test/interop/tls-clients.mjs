// The clients of tls.mjs: how each is told to fetch f as d1, d2, …, and to store it as u1, u2, …, in one session under TLS.
import { fileURLToPath } from 'node:url';

const USER = 'anonymous';
const PASSWORD = 'port20@';
const numbers = (count) => Array.from({ length: count }, (_, index) => index + 1);

const lftp = {
  name: 'lftp',
  modes: ['active', 'passive'],
  kinds: ['explicit', 'implicit'],
  /** Of the versions it has no say. */
  resumes: { 1.3: 'all' },
  run({ host, port, mode, kind, count }) {
    const lines = [
      'set cmd:fail-exit yes',
      'set net:max-retries 1',
      'set net:timeout 20',
      'set xfer:clobber yes',
      'set ssl:verify-certificate no',
      'set ftp:ssl-force yes',
      'set ftp:ssl-protect-data yes',
      `set ftp:passive-mode ${mode === 'passive'}`,
      `open -u ${USER},${PASSWORD} ${kind === 'implicit' ? 'ftps' : 'ftp'}://${host}:${port}`,
      ...numbers(count).flatMap((number) => [`get f -o d${number}`, `put f -o u${number}`]),
      'bye',
    ];
    return { file: 'lftp', args: ['-c', lines.join('; ')] };
  },
};

const ftplib = {
  name: 'ftplib',
  modes: ['active', 'passive'],
  kinds: ['explicit'],
  /** It begins a new TLS session for each data connection. */
  resumes: { 1.2: 'none', 1.3: 'none' },
  run({ host, port, mode, count, version }) {
    const lines = [
      'import ftplib, ssl',
      'context = ssl._create_unverified_context()',
      ...(version ? [`context.maximum_version = ssl.TLSVersion.TLSv${version.replace('.', '_')}`] : []),
      'ftp = ftplib.FTP_TLS(context=context, timeout=20)',
      `ftp.connect('${host}', ${port})`,
      `ftp.login('${USER}', '${PASSWORD}')`,
      'ftp.prot_p()',
      `ftp.set_pasv(${mode === 'passive' ? 'True' : 'False'})`,
      `for number in range(1, ${count} + 1):`,
      "    with open(f'd{number}', 'wb') as out: ftp.retrbinary('RETR f', out.write)",
      "    with open('f', 'rb') as up: ftp.storbinary(f'STOR u{number}', up)",
      'ftp.quit()',
    ];
    return { file: 'python3', args: ['-'], stdin: `${lines.join('\n')}\n` };
  },
};

const basicFtp = {
  name: 'basic-ftp',
  modes: ['active', 'passive'],
  kinds: ['explicit', 'implicit'],
  resumes: { 1.2: 'all', 1.3: 'all' },
  run(way) {
    const program = fileURLToPath(new URL('./tls-basic-ftp.mjs', import.meta.url));
    return { file: process.execPath, args: [program], stdin: JSON.stringify({ ...way, USER, PASSWORD }) };
  },
};

/** Passive alone: Debian's 7.88 hangs in active mode under TLS, against other servers, too. */
const curl = {
  name: 'curl',
  modes: ['passive'],
  kinds: ['explicit', 'implicit'],
  /** Of TLS 1.3 it uses the ticket of its control connection once, and keeps none of a data connection. */
  resumes: { 1.2: 'all', 1.3: 'first' },
  run({ host, port, kind, count, version }) {
    const base = `${kind === 'implicit' ? 'ftps' : 'ftp'}://${host}:${port}`;
    const common = [
      'insecure',
      'ssl-reqd',
      `user = ${USER}:${PASSWORD}`,
      'silent',
      'show-error',
      'max-time = 20',
      'fail-early',
    ];
    const limit = version ? [`tls-max = ${version}`, `tlsv${version}`] : [];
    const one = (lines) => [...lines, ...common, ...limit];
    const transfers = numbers(count).flatMap((number) => [
      one([`url = ${base}/f`, `output = d${number}`]),
      one([`url = ${base}/u${number}`, 'upload-file = f']),
    ]);
    const lines = transfers.flatMap((transfer, index) => (index === 0 ? transfer : ['next', ...transfer]));
    return { file: 'curl', args: ['--config', '-'], stdin: lines.join('\n') };
  },
};

export const CLIENTS = [lftp, ftplib, basicFtp, curl];
