// basic-ftp, in a program of a few lines; passive only by its author's choice, so its PORT and EPRT are our activeMode.
import { cannot, PASSWORD, quoted, USER } from './told.mjs';

const LIBRARY = import.meta.resolve('basic-ftp');
const PORT20 = new URL('../../../dist/doors/client.js', import.meta.url).href;
const ACTIVE = [
  `const { activeMode } = await import(${quoted(PORT20)});`,
  "ftp.prepareTransfer = activeMode({ expectSourcePort: 'default' });",
];

const absent = (method) =>
  cannot([`await ftp.${method}();`], new RegExp(`ftp\\.${method} is not a function`));
const sent = (command) => [`console.log((await ftp.send(${quoted(command)})).message);`];
const listed = (into, pattern = '') => [
  `writeFileSync(${quoted(into)}, (await ftp.list(${quoted(pattern)})).map(({ name }) => name).join('\\n'));`,
];

export const basicFtp = {
  name: 'basic-ftp',
  program: process.execPath,
  ways: {
    PORT: { lines: ACTIVE },
    EPRT: { lines: ACTIVE },
    PASV: { lines: ['ftp.prepareTransfer = enterPassiveModeIPv4;'] },
    EPSV: { lines: ['ftp.prepareTransfer = enterPassiveModeIPv6;'] },
  },
  sent: /^> ([A-Z]+)/gm,
  operations: {
    login: () => [],
    list: (_here, into) => ["ftp.availableListCommands = ['LIST'];", ...listed(into)],
    names: absent('nlst'),
    machineList: (_here, into) => listed(into),
    get: (_here, remote, local) => [`await ftp.downloadTo(${quoted(local)}, ${quoted(remote)});`],
    put: (_here, local, remote) => [`await ftp.uploadFrom(${quoted(local)}, ${quoted(remote)});`],
    append: (_here, local, remote) => [`await ftp.appendFrom(${quoted(local)}, ${quoted(remote)});`],
    resumeGet: (_here, remote, local, have) => [
      `await ftp.downloadTo(${quoted(local)}, ${quoted(remote)}, ${have});`,
    ],
    resumePut: (_here, local, remote, have) => [
      `await ftp.appendFrom(${quoted(local)}, ${quoted(remote)}, { localStart: ${have} });`,
    ],
    breakOff: absent('abort'),
    rename: (_here, from, to) => [`await ftp.rename(${quoted(from)}, ${quoted(to)});`],
    delete: (_here, name) => [`await ftp.remove(${quoted(name)});`],
    mkdir: (_here, name) => [`await ftp.ensureDir(${quoted(name)});`],
    rmdir: (_here, name) => [`await ftp.removeEmptyDir(${quoted(name)});`],
    size: (_here, name) => [`console.log(await ftp.size(${quoted(name)}));`],
    time: (_here, name) => [`console.log(await ftp.lastMod(${quoted(name)}));`],
    setTime: (_here, _local, remote, time) => sent(`MFMT ${time} ${remote}`),
    chmod: (_here, mode, name) => sent(`SITE CHMOD ${mode} ${name}`),
    getAscii: (_here, remote, local) => [
      ...sent('TYPE A'),
      `await ftp.downloadTo(${quoted(local)}, ${quoted(remote)});`,
    ],
    putAscii: (_here, _unix, wire, remote) => [
      ...sent('TYPE A'),
      `await ftp.uploadFrom(${quoted(wire)}, ${quoted(remote)});`,
    ],
    listMatching: (_here, pattern, into) => [
      "ftp.availableListCommands = ['LIST'];",
      ...listed(into, pattern),
    ],
    getMatching: absent('mget'),
    deleteMatching: absent('mdelete'),
    mirrorGet: (_here, from, to) => [`await ftp.downloadToDir(${quoted(to)}, ${quoted(from)});`],
    mirrorPut: (_here, from, to) => [`await ftp.uploadFromDir(${quoted(from)}, ${quoted(to)});`],
    parallelGet: absent('parallel'),
    putUnique: absent('putUnique'),
    status: () => sent('STAT'),
    loginAgain: (here, remote, local) => [
      `await ftp.login(${quoted(USER)}, ${quoted(PASSWORD)});`,
      `await ftp.cd(${quoted(`/${here.folder}`)});`,
      `await ftp.downloadTo(${quoted(local)}, ${quoted(remote)});`,
    ],
  },
  /** basic-ftp knows no types: it stores and sends what is on the wire. */
  keepsWireText: true,
  processes: ({ host, port, folder, way }, told) => {
    const lines = [
      "import { writeFileSync } from 'node:fs';",
      `import { Client, enterPassiveModeIPv4, enterPassiveModeIPv6 } from ${quoted(LIBRARY)};`,
      'const ftp = new Client(25_000);',
      'ftp.ftp.verbose = true;',
      'ftp.ftp.log = (message) => console.error(message);',
      'try {',
      `await ftp.access({ host: ${quoted(host)}, port: ${port}, user: ${quoted(USER)}, password: ${quoted(PASSWORD)} });`,
      ...way.lines,
      `await ftp.cd(${quoted(folder)});`,
      ...told,
      '} finally { ftp.close(); }',
    ];
    return [{ file: process.execPath, args: ['--input-type=module', '-'], stdin: lines.join('\n') }];
  },
};
