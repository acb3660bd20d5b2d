// curl: one process for each operation; what has no option goes by --quote.
import { WIRE_TEXT } from '../content.mjs';
import { cannot, PASSWORD, USER } from './told.mjs';

const ALWAYS = ['--silent', '--show-error', '--verbose', '--globoff', '--user', `${USER}:${PASSWORD}`];

/** `folder/` ends in a slash, else it is a file. */
const url = ({ host, port, folder }, path = '') => {
  const place = host.includes(':') ? `[${host}]` : host;
  return `ftp://${place}:${port}/${folder}/${path.split('/').map(encodeURIComponent).join('/')}`;
};

/** Sent before anything else, from the folder where the login ends. */
const quote = (here, ...commands) => [
  [...commands.flatMap((command) => ['--quote', command]), '--head', url(here)],
];
const unknown = (option) => cannot([[option]], new RegExp(`option ${option}: is unknown`));

export const curl = {
  name: 'curl',
  package: 'curl',
  program: 'curl',
  ways: {
    PORT: { args: ['--ftp-port', '-', '--disable-eprt'] },
    EPRT: { args: ['--ftp-port', '-'] },
    PASV: { args: ['--disable-epsv'] },
    EPSV: { args: [] },
  },
  sent: /^> ([A-Z]+)/gm,
  operations: {
    login: (here) => [['--head', url(here)]],
    list: (here, into) => [['--output', into, url(here)]],
    names: (here, into) => [['--list-only', '--output', into, url(here)]],
    machineList: (here, into) => [['--request', 'MLSD', '--output', into, url(here)]],
    get: (here, remote, local) => [['--output', local, url(here, remote)]],
    put: (here, local, remote) => [['--upload-file', local, url(here, remote)]],
    append: (here, local, remote) => [['--append', '--upload-file', local, url(here, remote)]],
    resumeGet: (here, remote, local) => [['--continue-at', '-', '--output', local, url(here, remote)]],
    resumePut: (here, local, remote) => [['--continue-at', '-', '--upload-file', local, url(here, remote)]],
    breakOff: (here, large, small, local) => [
      ['--range', '1000-1999', '--output', 'part', url(here, large)].concat(
        ['--next', '--verbose', '--output', local],
        here.way.args,
        [url(here, small)],
      ),
    ],
    rename: (here, from, to) => quote(here, `RNFR ${here.folder}/${from}`, `RNTO ${here.folder}/${to}`),
    delete: (here, name) => quote(here, `DELE ${here.folder}/${name}`),
    mkdir: (here, name) => quote(here, `MKD ${here.folder}/${name}`),
    rmdir: (here, name) => quote(here, `RMD ${here.folder}/${name}`),
    size: (here, name) => [['--head', url(here, name)]],
    time: (here, name) => [['--head', url(here, name)]],
    setTime: (here, _local, remote, time) => quote(here, `MFMT ${time} ${here.folder}/${remote}`),
    chmod: (here, mode, name) => quote(here, `SITE CHMOD ${mode} ${here.folder}/${name}`),
    getAscii: (here, remote, local) => [
      ['--use-ascii', '--write-out', 'wire %{size_download}', '--output', local, url(here, remote)],
    ],
    putAscii: (here, unix, _wire, remote) => [
      ['--use-ascii', '--crlf', '--upload-file', unix, url(here, remote)],
    ],
    listMatching: (here, pattern, into) => [['--request', `LIST ${pattern}`, '--output', into, url(here)]],
    getMatching: unknown('--ftp-glob'),
    deleteMatching: unknown('--ftp-glob'),
    mirrorGet: unknown('--recursive'),
    mirrorPut: unknown('--recursive'),
    parallelGet: (here, _folder, files, into) => [
      ['--parallel', '--parallel-max', '4', '--create-dirs'].concat(
        files.flatMap((path) => ['--output', path.replace(/^[^/]+/, into), url(here, path)]),
      ),
    ],
    putUnique: unknown('--store-unique'),
    status: (here) => quote(here, 'STAT'),
    loginAgain: (here, remote, local) => [
      ['--quote', `USER ${USER}`, '--quote', `PASS ${PASSWORD}`, '--output', local, url(here, remote)],
    ],
  },
  /** It takes CR away before LF, but counts what came. */
  saysWireText: `wire ${WIRE_TEXT.length}`,
  processes: ({ way }, told) =>
    told.map((args) => ({ file: 'curl', args: [...ALWAYS, ...way.args, ...args] })),
};
