// What the server says, and when; and what TLS changes.
import { inSeries, isFailed, isOk, translatedTo } from '../facts.ts';
import { type Cause, share, told } from './cause.ts';

/** More than scheduling on a busy host: what a client that closes at 226 loses. */
const LATE_MS = 150;

export const replyBeforeData: Cause = (facts) => {
  const done = inSeries(facts, 'serial', 'eprt', 'same-port', 'parallel', 'passive').filter(
    ({ dataBehindReplyMs }) => dataBehindReplyMs !== undefined,
  );
  const late = done.filter(
    ({ dataBehindReplyMs = 0, replyCode = 0 }) => replyCode < 300 && dataBehindReplyMs > LATE_MS,
  );
  const [first] = late;
  if (first === undefined || late.length * 2 < done.length) return undefined;
  return {
    ids: ['reply-before-data'],
    cause: 'The server says 226 before the data have ended: a client that goes by it loses the rest.',
    evidence: `${share(late, done, 'transfers')}, as by ${first.way}: the data ended ${first.dataBehindReplyMs} ms behind ${first.replyCode}`,
    advice:
      'Have clients read the data connection to its end; the server has to reply behind it (RFC 959 5.4).',
  };
};

export const sessionEnded: Cause = (facts) => {
  const all = inSeries(facts, 'serial', 'eprt');
  const ended = all.filter(({ result }) => result === 'ended');
  const [first] = ended;
  if (first === undefined) return undefined;
  return {
    ids: ['session-ended'],
    cause: 'The server, or something between, ends the session instead of making a data connection.',
    evidence: `${share(ended, all, 'active transfers')}: ${told(first)}`,
    advice: 'Read the server’s log of this moment: vsftpd does so where it cannot bind its data port.',
  };
};

/** Where no other cause fits: that transfers fail is not passed over. */
export const unexplained: Cause = (facts) => {
  const all = inSeries(facts, 'serial');
  const failed = all.filter(isFailed);
  const [first] = failed;
  if (first === undefined) return undefined;
  return {
    ids: ['unexplained'],
    cause: 'Active transfers fail, and nothing that is known here fits how they do.',
    evidence: `${share(failed, all, 'active transfers')}: ${told(first)}`,
    advice: 'Read the server’s log of this moment, or put its steps to it one by one: port20 conform.',
  };
};

export const tlsReuseRequired: Cause = (facts) => {
  const [anew] = inSeries(facts, 'tls-new-session');
  const [resumed] = inSeries(facts, 'tls');
  if (anew === undefined || resumed === undefined || isOk(anew) || !isOk(resumed)) return undefined;
  return {
    ids: ['tls-reuse-required'],
    cause: 'The server takes data connections only with the TLS session of the control connection.',
    evidence: `with a new session: ${told(anew)}; with the same one it went well`,
    advice:
      'Have the client resume its session, or turn the demand off (vsftpd: require_ssl_reuse=NO; ProFTPD: TLSOptions NoSessionReuseRequired).',
  };
};

/** What reads and rewrites PORT on the way cannot do so where it is sealed. */
export const helperBlind: Cause = (facts) => {
  const [sealed] = inSeries(facts, 'tls');
  if (sealed === undefined || isOk(sealed) || sealed.stage === 'data') return undefined;
  if (!inSeries(facts, 'serial').every(isOk)) return undefined;
  const translated = translatedTo(facts);
  const seen = translated === undefined ? '' : `; the server sees ${translated}`;
  return {
    ids: ['helper-blind-under-tls'],
    cause:
      'What lets active mode through in the clear, a helper of a firewall or a translation, cannot read PORT under TLS.',
    evidence: `in the clear it went well, under TLS: ${told(sealed)}${seen}`,
    advice: 'Use passive mode under TLS, or CCC, or admit the server’s data port by a rule of its own.',
  };
};

export const tlsDataFails: Cause = (facts) => {
  const all = inSeries(facts, 'tls', 'tls-passive');
  const failed = all.filter((fact) => isFailed(fact) && fact.stage === 'data');
  const [first] = failed;
  if (first === undefined || failed.length < all.length) return undefined;
  return {
    ids: ['tls-data'],
    cause: 'The TLS handshake on data connections fails, whoever makes them.',
    evidence: `${share(failed, all, 'sealed transfers')}: ${told(first)}`,
    advice: 'Look at the certificate and the protocol versions of the server’s data connections.',
  };
};
