// The client of GNU inetutils.
import { BSD_OPERATIONS, bsdSession, invalid } from './bsd.mjs';

export const inetutils = {
  name: 'inetutils',
  package: 'inetutils-ftp',
  program: 'inetutils-ftp',
  ways: {
    PORT: { flag: '-A', first: [] },
    EPRT: { flag: '-A', first: [] },
    PASV: { flag: '-p', first: [] },
    EPSV: { flag: '-p', first: [] },
  },
  sent: /^---> ([A-Z]+)/gm,
  /** Said of text whose lines did not end in CRLF on the wire. */
  warnsOf: /bare linefeeds/,
  operations: { ...BSD_OPERATIONS, machineList: invalid('mlsd') },
  processes: (here, told) => bsdSession('inetutils-ftp', here, told),
};
