// lftp: one session, told on its standard input.
import { cannot, PASSWORD, USER } from './told.mjs';

const quoted = (text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
/** A name that begins like an option; `--` would also end `-o`. */
const named = (name) => quoted(name.startsWith('-') ? `./${name}` : name);
const unknown = (command) => cannot([command], new RegExp(`Unknown command \`${command}'`));

const ALWAYS = [
  'debug 9',
  'set cmd:fail-exit no',
  'set net:max-retries 1',
  'set net:timeout 25',
  'set xfer:clobber on',
  'set ftp:use-mlsd off',
];

export const lftp = {
  name: 'lftp',
  package: 'lftp',
  program: 'lftp',
  ways: {
    PORT: { lines: ['set ftp:passive-mode off'] },
    EPRT: { lines: ['set ftp:passive-mode off'] },
    PASV: { lines: ['set ftp:passive-mode on', 'set ftp:prefer-epsv off'] },
    EPSV: { lines: ['set ftp:passive-mode on', 'set ftp:prefer-epsv on'] },
  },
  sent: /^---> ([A-Z]+)/gm,
  operations: {
    login: () => ['quote NOOP'],
    list: (_here, into) => [`ls > ${into}`],
    names: (_here, into) => [`nlist > ${into}`],
    machineList: (_here, into) => ['set ftp:use-mlsd on', `cls -1 --sort=name > ${into}`],
    get: (_here, remote, local) => [`get ${named(remote)} -o ${local}`],
    put: (_here, local, remote) => [`put ${local} -o ${named(remote)}`],
    append: unknown('append'),
    resumeGet: (_here, remote, local) => [`get -c ${remote} -o ${local}`],
    resumePut: (_here, local, remote) => [`put -c ${local} -o ${remote}`],
    // In two pieces: the first connection is broken off where the second piece begins.
    breakOff: (_here, large, small, local) => [`pget -n 2 ${large} -o large.got`, `get ${small} -o ${local}`],
    rename: (_here, from, to) => [`mv ${from} ${to}`],
    delete: (_here, name) => [`rm ${named(name)}`],
    mkdir: (_here, name) => [`mkdir ${name}`],
    rmdir: (_here, name) => [`rmdir ${name}`],
    size: (_here, name) => [`quote SIZE ${name}`],
    time: (_here, name, local) => [`get ${name} -o ${local}`],
    setTime: (_here, local, remote) => [`put ${local} -o ${remote}`],
    chmod: (_here, mode, name) => [`chmod ${mode} ${name}`],
    getAscii: (_here, remote, local) => [`get -a ${remote} -o ${local}`],
    putAscii: (_here, unix, _wire, remote) => [`put -a ${unix} -o ${remote}`],
    listMatching: (_here, pattern, into) => [`ls ${pattern} > ${into}`],
    getMatching: (_here, pattern) => [`mget ${pattern}`],
    deleteMatching: (_here, pattern) => [`mrm ${pattern}`],
    mirrorGet: (_here, from, to) => [`mirror ${from} ${to}`],
    mirrorPut: (_here, from, to) => [`mirror -R ${from} ${to}`],
    parallelGet: (_here, folder, _files, into) => [`mirror --parallel=4 ${folder} ${into}`],
    putUnique: unknown('sunique'),
    status: () => ['quote STAT'],
    loginAgain: (here, remote, local) => [
      `quote USER ${USER}`,
      `quote PASS ${PASSWORD}`,
      `quote CWD /${here.folder}`,
      `get ${remote} -o ${local}`,
    ],
  },
  processes: ({ host, port, folder, way }, told) => {
    const place = host.includes(':') ? `[${host}]` : host;
    const open = `open -u ${USER},${PASSWORD} ftp://${place}:${port}/${folder}`;
    const lines = [...ALWAYS, ...way.lines, open, ...told, 'quit'];
    return [{ file: 'lftp', args: ['--norc'], stdin: lines.join('\n') }];
  },
};
