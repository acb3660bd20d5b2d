// vsftpd: data connections from L-1, with SO_REUSEADDR (connect_from_port_20, ftp_data_port).
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ANONYMOUS, type Daemon } from './daemon.ts';
import { debianProgram } from './packages.ts';
import { configured } from './place.ts';

export const vsftpd: Daemon = {
  needsRoot: true,
  login: ANONYMOUS,
  dataPort: (server) => server.port - 1,
  async command(place) {
    await mkdir(join(place.folder, 'empty')); // its secure_chroot_dir
    const { file, env } = await debianProgram('vsftpd', 'usr/sbin/vsftpd', place);
    return { file, args: [await configured('vsftpd.conf', place)], env };
  },
};
