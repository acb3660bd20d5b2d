// What the descendants of the BSD client share: one session, told on its standard input, and its commands.
import { cannot, PASSWORD, USER } from './told.mjs';

const quoted = (text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
const LOGIN = `user ${USER} ${PASSWORD}`;

export const invalid = (command) => cannot([command], /\?Invalid command\.?/);

export const BSD_OPERATIONS = {
  login: () => [],
  list: (_here, into) => [`ls . ${into}`],
  names: (_here, into) => [`nlist . ${into}`],
  get: (_here, remote, local) => [`get ${quoted(remote)} ${local}`],
  put: (_here, local, remote) => [`put ${local} ${quoted(remote)}`],
  append: (_here, local, remote) => [`append ${local} ${remote}`],
  resumeGet: (_here, remote, local) => [`reget ${remote} ${local}`],
  resumePut: (_here, local, remote, have) => [`restart ${have}`, `put ${local} ${remote}`],
  breakOff: invalid('abort'),
  rename: (_here, from, to) => [`rename ${from} ${to}`],
  delete: (_here, name) => [`delete ${quoted(name)}`],
  mkdir: (_here, name) => [`mkdir ${name}`],
  rmdir: (_here, name) => [`rmdir ${name}`],
  size: (_here, name) => [`size ${name}`],
  time: (_here, name) => [`modtime ${name}`],
  setTime: (_here, _local, remote, time) => [`quote MFMT ${time} ${remote}`],
  chmod: (_here, mode, name) => [`chmod ${mode} ${name}`],
  getAscii: (_here, remote, local) => ['ascii', `get ${remote} ${local}`],
  putAscii: (_here, unix, _wire, remote) => ['ascii', `put ${unix} ${remote}`],
  listMatching: (_here, pattern, into) => [`ls ${pattern} ${into}`],
  getMatching: (_here, pattern) => [`mget ${pattern}`],
  deleteMatching: (_here, pattern) => [`mdelete ${pattern}`],
  mirrorGet: invalid('mirror'),
  mirrorPut: invalid('mirror'),
  parallelGet: invalid('parallel'),
  putUnique: (_here, local) => ['sunique', `put ${local}`],
  status: () => ['rstatus'],
  loginAgain: (here, remote, local) => [LOGIN, `cd /${here.folder}`, `get ${remote} ${local}`],
};

/** `first`: lines before the login. No prompt, no login from a file, all replies and commands shown. */
export function bsdSession(file, { host, port, folder, way }, told) {
  const lines = [...way.first, LOGIN, `cd ${folder}`, 'binary', ...told, 'quit', ''];
  const args = [way.flag, '-n', '-i', '-v', '-d', host, String(port)];
  return [{ file, args, stdin: lines.join('\n') }];
}
