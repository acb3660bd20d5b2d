// wget, which only fetches: one process for each operation.
import { cannot, PASSWORD, USER } from './told.mjs';

const url = ({ host, port, folder }, path = '') => {
  const place = host.includes(':') ? `[${host}]` : host;
  return `ftp://${place}:${port}/${folder}/${path.split('/').map(encodeURIComponent).join('/')}`;
};
const unknown = (option) => cannot([[option]], new RegExp(`unrecognized option '${option}'`));
const list = (here) => [['--no-remove-listing', '--output-document', 'index.html', url(here)]];

export const wget = {
  name: 'wget',
  package: 'wget',
  program: 'wget',
  ways: {
    PORT: { args: ['--no-passive-ftp'] },
    EPRT: { args: ['--no-passive-ftp'] },
    PASV: { args: [] },
    EPSV: { args: [] },
  },
  sent: /^--> ([A-Z]+)/gm,
  operations: {
    login: (here) => [['--spider', url(here, 'none')]],
    list: (here) => list(here),
    names: unknown('--names-only'),
    machineList: unknown('--mlsd'),
    get: (here, remote, local) => [['--output-document', local, url(here, remote)]],
    put: unknown('--upload-file'),
    append: unknown('--append-remote'),
    resumeGet: (here, remote, local) => [['--continue', '--output-document', local, url(here, remote)]],
    resumePut: unknown('--upload-file'),
    breakOff: unknown('--range'),
    rename: unknown('--rename'),
    delete: unknown('--delete-remote'),
    mkdir: unknown('--mkdir'),
    rmdir: unknown('--rmdir'),
    size: (here, name) => [['--spider', url(here, name)]],
    time: (here, name) => [['--timestamping', url(here, name)]],
    setTime: unknown('--set-time'),
    chmod: unknown('--chmod'),
    getAscii: (here, remote, local) => [['--output-document', local, `${url(here, remote)};type=a`]],
    putAscii: unknown('--upload-file'),
    listMatching: unknown('--list'),
    getMatching: (here, pattern) => [[`${url(here)}${pattern}`]],
    deleteMatching: unknown('--delete-remote'),
    mirrorGet: (here, from, to) => [
      [
        '--recursive',
        '--no-host-directories',
        '--cut-dirs=2',
        '--directory-prefix',
        to,
        url(here, `${from}/`),
      ],
    ],
    mirrorPut: unknown('--upload-file'),
    parallelGet: unknown('--parallel'),
    putUnique: unknown('--upload-file'),
    status: unknown('--stat'),
    loginAgain: unknown('--login'),
  },
  /** wget stores what comes over the wire. */
  keepsWireText: true,
  processes: ({ way }, told) =>
    told.map((args) => ({
      file: 'wget',
      args: [
        '--debug',
        '--tries=1',
        '--timeout=25',
        `--ftp-user=${USER}`,
        `--ftp-password=${PASSWORD}`,
      ].concat(way.args ?? [], args),
    })),
};
