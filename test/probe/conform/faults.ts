// For each case a server that breaks it: what the liar makes of our own server's conversation.
import { type AddressInfo, connect, createServer } from 'node:net';
import { parseHostPort } from '../../../src/ftp/host-port.ts';
import type { Lie, Rule } from './liar.ts';

/** The servers behind the liar: ours, one on ephemeral ports, one whose port serves one transfer a minute. */
export const UPSTREAM = { ours: 0, ephemeral: 1, legacy: 2 } as const;

const says = (to: RegExp, say: string, fromTime = 1): Lie => ({ rules: [{ to, say, fromTime }] });
const mute = (to: RegExp): Lie => says(to, '');
const tells = (to: RegExp, tell: string | ((line: string) => string)): Lie => ({
  rules: [{ to, tell: typeof tell === 'string' ? () => tell : tell }],
});
const turns = (to: RegExp, turn: Rule['turn']): Lie => ({ rules: [{ to, ...(turn && { turn }) }] });
const inTls = (...rules: readonly Rule[]): Lie => ({ tls: true, rules });

const EPHEMERAL: Lie = { upstream: UPSTREAM.ephemeral };
const TAKES_ALL = says(/^(?:PORT|EPRT)/, '200 Fine.');
const DONE_WITHOUT_DATA = says(/^(?:RETR|LIST)/, '226 Done.');
/** Lines that end by LF, and no list. */
const A_FILE_INSTEAD = tells(/^(?:LIST|NLST|MLSD)/, 'RETR small');
const FORGETS_REST = says(/^REST/, '350 Fine.');
/** Whoever comes behind the first of a case is not greeted. */
const GREETS_ONCE: Lie = { rules: [{ to: /^GREETING$/, fromTime: 2, turn: () => null }] };
const PBSZ: Rule = { to: /^PBSZ/, say: '200 PBSZ=0' };
const PROT: Rule = { to: /^PROT/, say: '200 Fine.' };

function dialsAtOnce(line: string) {
  const to = parseHostPort(line.slice('PORT '.length));
  if (to !== undefined) connect({ host: to.address, port: to.port }).on('error', () => {});
}

const DIALS_ON_PORT: Rule = {
  to: /^PORT/,
  act(line, client) {
    dialsAtOnce(line);
    client.write('200 Dialling.\r\n');
  },
};

/** Serves whoever comes first. */
const OPEN_TO_STRANGERS: Rule = {
  to: /^PASV/,
  act(_, client) {
    const server = createServer((socket) => socket.on('error', () => {}).end('ten bytes\n'));
    server.listen(0, client.localAddress, () => {
      const { port } = server.address() as AddressInfo;
      const host = (client.localAddress ?? '').replaceAll('.', ',');
      client.write(`227 Here (${host},${port >> 8},${port & 255}).\r\n`);
    });
    client.on('close', () => server.close());
  },
};

export const FAULTS: Readonly<Record<string, Lie>> = {
  'data-port-default': EPHEMERAL,
  'data-port-eprt': EPHEMERAL,
  'data-port-user-default': mute(/^RETR/),
  'data-port-twice': EPHEMERAL,
  'data-port-shared': { upstream: UPSTREAM.legacy },
  'data-port-dials-late': { rules: [DIALS_ON_PORT] },
  'data-port-refused': DONE_WITHOUT_DATA,
  'data-port-refused-final': DONE_WITHOUT_DATA,
  'data-port-after-refusal': mute(/^RETR/),
  'data-port-unanswered': mute(/^LIST/),
  'data-port-same-again': DONE_WITHOUT_DATA,
  'data-port-late-client': DONE_WITHOUT_DATA,
  'data-port-whole': tells(/^RETR/, 'RETR small'),
  'data-port-empty': tells(/^RETR/, 'LIST'),
  'data-port-missing-file': says(/^RETR no-such/, '226 Done.'),

  'address-port-foreign': TAKES_ALL,
  'address-eprt-foreign': TAKES_ALL,
  'address-port-privileged': TAKES_ALL,
  'address-eprt-privileged': TAKES_ALL,
  'address-port-zero': TAKES_ALL,
  'address-port-five': TAKES_ALL,
  'address-port-seven': TAKES_ALL,
  'address-port-256': TAKES_ALL,
  'address-port-words': TAKES_ALL,
  'address-port-empty': TAKES_ALL,
  'address-eprt-syntax': TAKES_ALL,
  'address-eprt-port': TAKES_ALL,
  'address-eprt-protocol': TAKES_ALL,
  'address-eprt-delimiter': says(/^EPRT !/, '501 No.'),
  'address-eprt': says(/^EPRT/, '501 No.'),
  // Refused to the client, and never told to the server, who keeps the PORT before it.
  'address-forget-malformed': says(/^PORT 1,2,3$/, '501 No.'),
  'address-forget-foreign': says(/^PORT 192/, '501 No.'),
  'address-forget-protocol': says(/^EPRT \|3/, '522 No.'),
  'address-forget-zero': says(/,0,0$/, '501 No.'),
  'address-forget-privileged': says(/,0,80$/, '501 No.'),
  'address-last-wins': says(/^PORT/, '200 Fine.', 2),
  'address-port-behind-pasv': says(/^PORT/, '200 Fine.'),
  'address-pasv': turns(/^PASV/, () => '227 Entering passive mode.'),
  'address-epsv': turns(/^EPSV/, () => '229 Entering passive mode.'),
  'address-epsv-protocol': says(/^EPSV 9/, '200 Fine.'),
  'address-epsv-all': says(/^PORT/, '200 Fine.'),

  'reply-greeting': turns(/^GREETING$/, (reply) => `${reply}\r\n220 And again.`),
  'reply-login': says(/^PASS/, '500 What?'),
  'reply-pass-first': says(/^PASS/, '230 Come in.'),
  'reply-before-login': says(/^LIST/, '150 Here it is.'),
  'reply-utf8-before-login': says(/^OPTS/, '421 Bye.'),
  'reply-opts-incomplete': mute(/^OPTS/),
  'reply-opts-unknown': says(/^OPTS/, '200 Fine.'),
  'reply-opts-mlst': says(/^OPTS MLST/, '200 Fine.'),
  'reply-feat': says(/^FEAT/, '211-Features:\r\nUTF8\r\n211 End'),
  'reply-unknown': says(/^XYZZY/, '200 Nothing happens.'),
  'reply-lower-case': says(/^noop/, '500 What?'),
  'reply-noop': turns(/^NOOP/, (reply) => `${reply}\r\n200 And again.`),
  'reply-syst': says(/^SYST/, '200 Fine.'),
  'reply-help': says(/^HELP/, '500 What?'),
  'reply-stat': says(/^STAT/, '500 What?'),
  'reply-quit': says(/^QUIT/, '221 Bye.'),
  'reply-minimum': says(/^CWD no-such/, '502 No.'),
  'reply-acct': says(/^ACCT/, '502 No.'),
  'reply-type': says(/^TYPE Q/, '200 Fine.'),
  'reply-mode': says(/^MODE Q/, '200 Fine.'),
  'reply-stru': says(/^STRU Q/, '200 Fine.'),
  'reply-allo': says(/^ALLO/, '502 No.'),
  'reply-allo-record': mute(/^ALLO/),
  'reply-pwd-quotes': turns(/^PWD/, (reply) => reply.replaceAll('""', '"')),
  'reply-mkd': turns(/^MKD/, () => '257 Made.'),
  'reply-cwd': says(/^CDUP/, '500 What?'),
  'reply-rename': says(/^RNTO/, '250 Done.'),
  'reply-rename-forgotten': mute(/^RNTO/),
  'reply-dele': says(/^DELE/, '250 Done.'),
  'reply-rmd-file': says(/^RMD/, '250 Done.'),
  'reply-size': turns(/^SIZE/, () => '213 11'),
  'reply-mdtm': turns(/^MDTM/, () => '213 yesterday'),
  'reply-abor-idle': says(/^ABOR/, '500 What?'),
  'reply-retr-folder': says(/^RETR/, '150 Here it is.'),

  'framing-abor': says(/ABOR/, '500 What?'),
  'framing-abor-urgent': says(/ABOR/, '500 What?'),
  'framing-abor-in-band': says(/ABOR/, '500 What?'),
  'framing-abor-apart': says(/ABOR/, '500 What?'),
  'framing-telnet-glued': mute(/^\xff/),
  'framing-telnet-alone': { packets: [/^\xff\xf4/, '500 What?'] },
  'framing-cr-within': { cutsAt: /\r\n|\r|\n/ },
  'framing-cr-in-name': { cutsAt: /\r\n|\r|\n/ },
  'framing-nul-in-name': tells(/\0/, (line) => line.slice(0, line.indexOf('\0'))),
  'framing-lf-alone': { packets: [/[^\r]\n$/, 'close'] },
  'framing-split': { wholePackets: true },
  'framing-bytewise': { wholePackets: true },
  'framing-pipelined': { wholePackets: true },
  'framing-empty-line': says(/^$/, '500 What?\r\n500 What?'),
  'framing-long-line': says(/x{100}/, '500 What?\r\n500 What?'),
  'framing-many': { wholePackets: true },

  'restart-retr': FORGETS_REST,
  'restart-stor': FORGETS_REST,
  'restart-once': { rules: [{ to: /^RETR/, fromTime: 2, tell: (line) => `REST 4\r\n${line}` }] },
  'restart-end': FORGETS_REST,
  'restart-beyond': FORGETS_REST,
  'restart-words': FORGETS_REST,
  'restart-negative': FORGETS_REST,
  'restart-appe': tells(/^APPE/, (line) => line.replace('APPE', 'STOR')),
  'restart-appe-new': says(/^APPE/, '202 Superfluous.'),
  'restart-stou': turns(/^STOU/, (reply) => (reply.startsWith('1') ? '150 Here it goes.' : reply)),
  'restart-overwrite': tells(/^STOR/, (line) => line.replace('STOR', 'APPE')),
  'restart-bytes': tells(/^TYPE I/, 'TYPE A'),
  'restart-ascii': tells(/^RETR/, (line) => `TYPE I\r\n${line}`),
  'restart-ascii-lines': says(/^TYPE A/, '200 Fine.'),
  'restart-spaces': tells(/^RETR/, (line) => line.split(' ').slice(0, 2).join(' ')),
  'restart-no-folder': says(/^STOR/, '150 Here I wait.'),
  'restart-reset': turns(/^STOR/, (reply) => reply.replace(/^4\d\d/, '226')),
  'restart-abort-of-another': says(/^RETR/, '550 No such file.'),

  'listing-lines': A_FILE_INSTEAD,
  'listing-nlst': A_FILE_INSTEAD,
  'listing-nlst-folder': tells(/^NLST/, 'NLST'),
  'listing-options': A_FILE_INSTEAD,
  'listing-options-path': A_FILE_INSTEAD,
  'listing-nlst-options': A_FILE_INSTEAD,
  'listing-pattern': tells(/^NLST/, 'NLST'),
  'listing-file': tells(/^LIST/, 'LIST'),
  'listing-missing': tells(/^LIST/, 'LIST'),
  'listing-empty': tells(/^NLST/, 'NLST'),
  'listing-mlsd': tells(/^MLSD/, 'LIST'),
  'listing-mlsd-times': A_FILE_INSTEAD,
  'listing-mlsd-file': says(/^MLSD/, '150 Here it is.'),
  'listing-mlst': says(/^MLST/, '250-Of it:\r\ntype=file; small\r\n250 End'),
  'listing-stat': says(/^STAT/, '211 Nothing.'),
  'listing-utf8': tells(/^STOR/, 'STOR plain'),
  'listing-other-bytes': tells(/caf/, (line) => line.replace(/\xe8|\xe9/, '?')),

  'tls-mechanism': says(/^AUTH/, '234 Go on.'),
  'tls-pbsz-early': says(/^PBSZ/, '200 Fine.'),
  'tls-prot-early': says(/^PROT/, '200 Fine.'),
  'tls-auth': says(/^AUTH/, '234 Go on.'),
  'tls-injection': inTls(),
  'tls-prot': inTls({ to: /^PBSZ/, say: '502 No.' }),
  'tls-prot-unknown': inTls(PBSZ, PROT),
  'tls-prot-levels': inTls(PBSZ, PROT),
  'tls-data': inTls(PBSZ, PROT),
  'tls-data-late': inTls(PBSZ, PROT),
  'tls-data-clear': inTls({ to: /^LIST/, say: '' }),
  'tls-upload': inTls(PBSZ, PROT),

  'abuse-guesses': {
    rules: [
      { to: /^USER no-such/, say: '331 Go on.' },
      { to: /^PASS/, say: '530 No.' },
    ],
  },
  'abuse-endless-line': GREETS_ONCE,
  'abuse-unread-replies': GREETS_ONCE,
  'abuse-telnet': GREETS_ONCE,
  'abuse-sessions': GREETS_ONCE,
  'abuse-reset': turns(/^RETR/, (reply) => (reply.startsWith('1') ? reply : null)),
  'abuse-sparse': mute(/^STOR/),
  'abuse-stranger': { rules: [OPEN_TO_STRANGERS] },
};
