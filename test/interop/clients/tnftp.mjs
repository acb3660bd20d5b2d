// tnftp, NetBSD's client.
import { BSD_OPERATIONS, bsdSession } from './bsd.mjs';

export const tnftp = {
  name: 'tnftp',
  package: 'tnftp',
  program: 'tnftp',
  ways: {
    PORT: { flag: '-A', first: ['epsv4 off'] },
    EPRT: { flag: '-A', first: [] },
    PASV: { flag: '-p', first: ['epsv4 off'] },
    EPSV: { flag: '-p', first: [] },
  },
  sent: /^---> ([A-Z]+)/gm,
  /** Said of text whose lines did not end in CRLF on the wire. */
  warnsOf: /bare linefeeds/,
  operations: { ...BSD_OPERATIONS, machineList: () => ['mlsd'] },
  processes: (here, told) => bsdSession('tnftp', here, told),
};
