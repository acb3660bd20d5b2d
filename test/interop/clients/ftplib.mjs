// Python's ftplib: a program of a few lines, on the interpreter's standard input.
import { cannot, PASSWORD, quoted, USER } from './told.mjs';

const absent = (method) => cannot([`ftp.${method}()`], new RegExp(`AttributeError: .*attribute '${method}'`));
const fetched = (remote, local) =>
  `ftp.retrbinary(${quoted(`RETR ${remote}`)}, open(${quoted(local)}, 'wb').write)`;
const written = (into, call) => [`out = open(${quoted(into)}, 'w')`, call, 'out.close()'];
const line = "lambda line: out.write(line + '\\n')";

export const ftplib = {
  name: 'ftplib',
  package: 'python3',
  program: 'python3',
  ways: {
    PORT: { passive: 'False' },
    EPRT: { passive: 'False' },
    PASV: { passive: 'True' },
    EPSV: { passive: 'True' },
  },
  sent: /^\*cmd\* ['"]([A-Z]+)/gm,
  /** Fetched raw: retrlines(), which dir() goes by, shows no line end. */
  keepsWireText: true,
  operations: {
    login: () => [],
    list: (_here, into) => written(into, `ftp.dir(${line})`),
    names: (_here, into) => written(into, "out.write('\\n'.join(ftp.nlst()))"),
    machineList: (_here, into) =>
      written(into, "[out.write(f'{name} {facts}\\n') for name, facts in ftp.mlsd(facts=['type', 'size'])]"),
    get: (_here, remote, local) => [fetched(remote, local)],
    put: (_here, local, remote) => [
      `ftp.storbinary(${quoted(`STOR ${remote}`)}, open(${quoted(local)}, 'rb'))`,
    ],
    append: (_here, local, remote) => [
      `ftp.storbinary(${quoted(`APPE ${remote}`)}, open(${quoted(local)}, 'rb'))`,
    ],
    resumeGet: (_here, remote, local, have) => [
      `ftp.retrbinary(${quoted(`RETR ${remote}`)}, open(${quoted(local)}, 'ab').write, rest=${have})`,
    ],
    resumePut: (_here, local, remote, have) => [
      `file = open(${quoted(local)}, 'rb')`,
      `file.seek(${have})`,
      `ftp.storbinary(${quoted(`STOR ${remote}`)}, file, rest=${have})`,
    ],
    // Two replies follow ABOR: 426 for the transfer, which abort() reads, and 226 for ABOR. RFC 959 §4.1.3.
    breakOff: (_here, large, small, local) => [
      "ftp.voidcmd('TYPE I')",
      `data = ftp.transfercmd(${quoted(`RETR ${large}`)})`,
      'data.recv(1000)',
      'ftp.abort()',
      'data.close()',
      'ftp.voidresp()',
      fetched(small, local),
    ],
    rename: (_here, from, to) => [`ftp.rename(${quoted(from)}, ${quoted(to)})`],
    delete: (_here, name) => [`ftp.delete(${quoted(name)})`],
    mkdir: (_here, name) => [`ftp.mkd(${quoted(name)})`],
    rmdir: (_here, name) => [`ftp.rmd(${quoted(name)})`],
    size: (_here, name) => ["ftp.voidcmd('TYPE I')", `print(ftp.size(${quoted(name)}))`],
    time: (_here, name) => [`print(ftp.voidcmd(${quoted(`MDTM ${name}`)}))`],
    setTime: (_here, _local, remote, time) => [`ftp.voidcmd(${quoted(`MFMT ${time} ${remote}`)})`],
    chmod: (_here, mode, name) => [`ftp.voidcmd(${quoted(`SITE CHMOD ${mode} ${name}`)})`],
    getAscii: (_here, remote, local) => [
      "ftp.voidcmd('TYPE A')",
      `data = ftp.transfercmd(${quoted(`RETR ${remote}`)})`,
      `open(${quoted(local)}, 'wb').write(data.makefile('rb').read())`,
      'data.close()',
      'ftp.voidresp()',
    ],
    putAscii: (_here, unix, _wire, remote) => [
      `ftp.storlines(${quoted(`STOR ${remote}`)}, open(${quoted(unix)}, 'rb'))`,
    ],
    listMatching: (_here, pattern, into) => written(into, `ftp.dir(${quoted(pattern)}, ${line})`),
    getMatching: (_here, pattern) => [`for name in ftp.nlst(${quoted(pattern)}): ${fetchedByName}`],
    deleteMatching: (_here, pattern) => [`for name in ftp.nlst(${quoted(pattern)}): ftp.delete(name)`],
    mirrorGet: absent('mirror'),
    mirrorPut: absent('mirror'),
    parallelGet: absent('parallel'),
    putUnique: (_here, local) => [`ftp.storbinary('STOU', open(${quoted(local)}, 'rb'))`],
    status: () => ["print(ftp.voidcmd('STAT'))"],
    loginAgain: (here, remote, local) => [
      `ftp.login(${quoted(USER)}, ${quoted(PASSWORD)})`,
      `ftp.cwd(${quoted(`/${here.folder}`)})`,
      fetched(remote, local),
    ],
  },
  processes: ({ host, port, folder, way }, told) => {
    const lines = [
      'import ftplib',
      'ftp = ftplib.FTP()',
      'ftp.set_debuglevel(1)',
      `ftp.connect(${quoted(host)}, ${port}, 25)`,
      `ftp.login(${quoted(USER)}, ${quoted(PASSWORD)})`,
      `ftp.set_pasv(${way.passive})`,
      `ftp.cwd(${quoted(folder)})`,
      ...told,
      'ftp.quit()',
    ];
    return [{ file: 'python3', args: ['-'], stdin: `${lines.join('\n')}\n` }];
  },
};

const fetchedByName = "ftp.retrbinary('RETR ' + name, open(name, 'wb').write)";
