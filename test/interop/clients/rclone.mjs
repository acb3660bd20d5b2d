// rclone: one process for each operation, configured by its environment.
import { cannot, USER } from './told.mjs';

/** As `rclone obscure` writes `a@b`: it is no secret, and rclone takes no other form. */
const OBSCURED = 'mSWvbZTefgxcqMrikgtHmbVueA';
const at = ({ folder }, path = '') => `:ftp:${folder}/${path}`;
const unknown = (flag) => cannot([['version', flag]], new RegExp(`unknown flag: ${flag}`));

export const rclone = {
  name: 'rclone',
  package: 'rclone',
  program: 'rclone',
  ways: {
    PORT: unknown('--ftp-active'),
    EPRT: unknown('--ftp-active'),
    PASV: { args: ['--ftp-disable-epsv'] },
    EPSV: { args: [] },
  },
  sent: /FTP Tx: "([A-Z]+)/gm,
  operations: {
    login: (here) => [['lsd', at(here)]],
    list: (here) => [['lsf', '--ftp-disable-mlsd', at(here)]],
    names: unknown('--ftp-nlst'),
    machineList: (here) => [['lsf', at(here)]],
    get: (here, remote, local) => [['copyto', at(here, remote), local]],
    put: (here, local, remote) => [['copyto', local, at(here, remote)]],
    append: unknown('--append'),
    resumeGet: unknown('--continue'),
    resumePut: unknown('--continue'),
    breakOff: (here, large, small, local) => [
      ['cat', '--head', '1000', at(here, large)],
      ['copyto', at(here, small), local],
    ],
    rename: (here, from, to) => [['moveto', at(here, from), at(here, to)]],
    delete: (here, name) => [['deletefile', at(here, name)]],
    mkdir: (here, name) => [['mkdir', at(here, name)]],
    rmdir: (here, name) => [['rmdir', at(here, name)]],
    size: (here, name) => [['lsl', at(here, name)]],
    time: (here, name) => [['lsl', at(here, name)]],
    setTime: (here, local, remote) => [['copyto', local, at(here, remote)]],
    chmod: unknown('--chmod'),
    getAscii: unknown('--ascii'),
    putAscii: unknown('--ascii'),
    listMatching: (here, pattern) => [['lsf', '--include', pattern, at(here)]],
    getMatching: (here, pattern) => [['copy', '--include', pattern, at(here), '.']],
    deleteMatching: (here, pattern) => [['delete', '--include', pattern, at(here)]],
    mirrorGet: (here, from, to) => [['sync', at(here, from), to]],
    mirrorPut: (here, from, to) => [['sync', from, at(here, to)]],
    parallelGet: (here, folder, _files, into) => [['copy', '--transfers', '4', at(here, folder), into]],
    putUnique: unknown('--unique'),
    status: unknown('--stat'),
    loginAgain: unknown('--login'),
  },
  processes: ({ host, port, way }, told) => {
    const env = {
      RCLONE_FTP_HOST: host.includes(':') ? `[${host}]` : host,
      RCLONE_FTP_PORT: String(port),
      RCLONE_FTP_USER: USER,
      RCLONE_FTP_PASS: OBSCURED,
    };
    const always = ['-vv', '--dump', 'headers', '--retries', '1', '--low-level-retries', '1'];
    return told.map(([command, ...args]) => ({
      file: 'rclone',
      args: [command, ...always, ...(way.args ?? []), ...args],
      env,
    }));
  },
};
