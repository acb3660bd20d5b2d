// NcFTP: its session, told on its standard input, ncftpls for listings in the older form, ncftpget and ncftpput for the rest.
import { cannot, PASSWORD, USER } from './told.mjs';

const quoted = (text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
/** A name that begins like an option. */
const named = (name) => quoted(name.startsWith('-') ? `./${name}` : name);
const unknown = (command) => cannot([command], new RegExp(`${command}: no such command`));
const list = (here, ...args) => [
  ['ncftpls', '-o', 'useMLSD=0', ...args, `ftp://${here.host}:${here.port}/${here.folder}/`],
];
const noSuchHost = cannot([], /Unknown host "[^"]+"/);

export const ncftp = {
  name: 'ncftp',
  package: 'ncftp',
  program: 'ncftp',
  ways: {
    PORT: { passive: 'off', flag: '-E' },
    EPRT: noSuchHost,
    PASV: { passive: 'on', flag: '-F' },
    EPSV: noSuchHost,
  },
  sent: /^Cmd: ([A-Z]+)/gm,
  operations: {
    login: () => [],
    list: (here) => list(here, '-l'),
    names: (here) => list(here, '-1'),
    machineList: () => ['ls -l'],
    get: (_here, remote, local) => [`get -z ${named(remote)} ${local}`],
    put: (_here, local, remote) => [`put -z ${local} ${named(remote)}`],
    // `put -A` of the session sends STOR.
    append: (here, local, remote) => [
      ['ncftpput', '-A', '-P', String(here.port), '-C', here.host, local, `/${here.folder}/${remote}`],
    ],
    resumeGet: (_here, remote, local) => [`get -z ${remote} ${local}`],
    resumePut: (_here, local, remote) => [`put -z ${local} ${remote}`],
    breakOff: unknown('abort'),
    rename: (_here, from, to) => [`rename ${from} ${to}`],
    delete: (_here, name) => [`rm ${named(name)}`],
    mkdir: (_here, name) => [`mkdir ${name}`],
    rmdir: (_here, name) => [`rmdir ${name}`],
    size: (_here, name) => [`quote SIZE ${name}`],
    time: (_here, name) => [`quote MDTM ${name}`],
    setTime: (_here, local, remote) => [`put -f -z ${local} ${remote}`],
    chmod: (_here, mode, name) => [`chmod ${mode} ${name}`],
    getAscii: (_here, remote, local) => [`get -a -z ${remote} ${local}`],
    putAscii: (_here, unix, _wire, remote) => [`put -a -z ${unix} ${remote}`],
    listMatching: (here, pattern) => list(here, '-l', '-i', pattern),
    getMatching: (_here, pattern) => [`get ${pattern}`],
    deleteMatching: (_here, pattern) => [`rm ${pattern}`],
    mirrorGet: (here, from, to) => [
      ['ncftpget', '-T', '-R', '-P', String(here.port), here.host, '.', `/${here.folder}/${from}`],
      `lrename ${from} ${to}`,
    ],
    mirrorPut: (_here, from, to) => [`put -R ${from}`, `rename ${from} ${to}`],
    parallelGet: unknown('parallel'),
    putUnique: unknown('sunique'),
    status: () => ['quote STAT'],
    loginAgain: (here, remote, local) => [
      `quote USER ${USER}`,
      `quote PASS ${PASSWORD}`,
      `cd /${here.folder}`,
      `get -z ${remote} ${local}`,
    ],
  },
  processes: ({ host, port, folder, way }, told) => {
    const programs = told.filter(Array.isArray);
    const lines = told.filter((line) => !Array.isArray(line));
    const before = ['set confirm-close no', `set passive ${way.passive ?? 'on'}`, 'debug 1'];
    const open = [`open -u ${USER} -p ${PASSWORD} -P ${port} ${host}`, `cd ${folder}`];
    const session = { file: 'ncftp', args: [], stdin: [...before, ...open, ...lines, 'quit', ''].join('\n') };
    const flags = [way.flag, '-d', 'stdout', '-u', USER, '-p', PASSWORD];
    const others = programs.map(([file, ...args]) => ({ file, args: [...flags, ...args] }));
    return lines.length > 0 || programs.length === 0 ? [...others, session] : others;
  },
};
