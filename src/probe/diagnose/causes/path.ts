// What is between client and server: firewalls that drop or reject, translation that rewrites or does not.
import type { DiagnosisFinding } from '../../types.ts';
import {
  type DiagnosisFacts,
  inSeries,
  isFailed,
  isOk,
  lossOf,
  type TransferFact,
  translatedTo,
} from '../facts.ts';
import { type Cause, share, told } from './cause.ts';

export const synDropped: Cause = (facts) => lost(facts, 'dropped');
export const synRejected: Cause = (facts) => lost(facts, 'rejected');

const WAYS_OUT: Readonly<Record<'dropped' | 'rejected', string>> = {
  dropped: 'sends nothing back',
  rejected: 'answers in the client’s place',
};

function lost(facts: DiagnosisFacts, how: 'dropped' | 'rejected'): DiagnosisFinding | undefined {
  const all = inSeries(facts, 'serial', 'eprt');
  const gone = all.filter((fact) => lossOf(fact) === how);
  const [first] = gone;
  if (first === undefined) return undefined;
  const translated = translatedTo(facts);
  const passive = inSeries(facts, 'passive').some(isOk) ? '; passive transfers work' : '';
  const evidence = `${share(gone, all, `active transfers had their connection ${how}`)}: ${told(first)}${passive}`;
  if (translated !== undefined) {
    return {
      ids: [`syn-${how}`, 'port-rewritten-wrongly'],
      cause: `The server’s connection does not arrive: something between ${WAYS_OUT[how]}, or the translation (the server sees ${translated}) rewrites PORT to where nobody listens.`,
      evidence,
      advice:
        'Use passive mode, or let the translating host’s FTP helper follow this control connection and admit the server’s data port.',
    };
  }
  return {
    ids: [`syn-${how}`],
    cause: `Something between the server and this client ${how === 'dropped' ? 'drops' : 'rejects'} the server’s connection: a firewall here, at the server, or on the way; from here they look alike.`,
    evidence,
    advice:
      'Admit connections from the server’s data port (L-1, 20 for a server on 21) to this client, begin with this host’s own firewall; or use passive mode.',
  };
}

/** The announcement was refused. */
export const announcementRefused: Cause = (facts) => {
  const ports = inSeries(facts, 'serial');
  const refused = ports.filter(
    (fact) => isFailed(fact) && fact.stage === 'announce' && fact.replyCode !== undefined,
  );
  const [first] = refused;
  if (first === undefined || refused.length < ports.length) return undefined;
  const eprt = inSeries(facts, 'eprt');
  const evidence = `${share(refused, ports, 'PORTs were refused')}: ${told(first)}`;
  if (eprt.some(isOk)) return onlyEprt(evidence);
  const seen = translatedTo(facts) ?? addressIn(first, facts);
  if (seen !== undefined) return notRewritten(evidence, facts.local.address, seen);
  if (
    first.replyCode === 502 ||
    /not (?:implemented|understood|allowed)|unknown|disabled/i.test(first.text ?? '')
  ) {
    return {
      ids: ['no-active-mode'],
      cause: 'The server does not offer active mode, or it is turned off.',
      evidence,
      advice: 'Use passive mode, or turn active mode on (vsftpd: port_enable).',
    };
  }
  return {
    ids: ['refuses-address', 'port-not-rewritten'],
    cause:
      'The server refuses the address that it is told: it takes it for a foreign one, as it does where a translation leaves PORT as it is.',
    evidence: `${evidence}; this client is ${facts.local.address}`,
    advice:
      'If a translation is between, have its helper rewrite PORT, or use passive mode, or port20 serve --active-address peer.',
  };
};

function addressIn({ text = '' }: TransferFact, { local, server }: DiagnosisFacts): string | undefined {
  const found = text.match(/\b\d{1,3}(?:\.\d{1,3}){3}\b/g) ?? [];
  return found.find((address) => address !== local.address && address !== server.address);
}

function onlyEprt(evidence: string): DiagnosisFinding {
  return {
    ids: ['port-rewritten-wrongly'],
    cause:
      'Something between rewrites PORT into what the server refuses: EPRT passes, which it does not know.',
    evidence,
    advice: 'Turn the helper for FTP off, or use EPRT or passive mode.',
  };
}

function notRewritten(evidence: string, own: string, seen: string): DiagnosisFinding {
  return {
    ids: ['port-not-rewritten'],
    cause: `An address translation is between, and it leaves PORT as it is: this client is ${own}, the server sees ${seen}.`,
    evidence,
    advice:
      'Turn on the FTP helper of the translating host (Linux: nf_nat_ftp with a ct helper rule), or use passive mode.',
  };
}

/** EPRT fails where PORT does not. */
export const eprtNotRewritten: Cause = (facts) => {
  const [eprt] = inSeries(facts, 'eprt');
  const serial = inSeries(facts, 'serial');
  if (eprt === undefined || isOk(eprt)) return undefined;
  // Where both get as far as each other, PORT is no better.
  if (eprt.stage === 'announce' ? serial.some(({ stage }) => stage === 'announce') : !serial.every(isOk))
    return undefined;
  const translated = translatedTo(facts);
  if (translated === undefined) return undefined;
  return {
    ids: ['eprt-not-rewritten'],
    cause: 'The address translation between rewrites PORT and not EPRT.',
    evidence: `${told(eprt)}; PORT works, and the server sees ${translated}`,
    advice: 'Use PORT, or passive mode; or a helper that knows RFC 2428.',
  };
};

/** Passive connections need another way through. */
export const passiveBlocked: Cause = (facts) => {
  const passive = inSeries(facts, 'passive');
  const blocked = passive.filter((fact) => isFailed(fact) && fact.stage === 'connect');
  const [first] = blocked;
  if (first === undefined || blocked.length < passive.length) return undefined;
  return {
    ids: ['passive-blocked'],
    cause:
      'Passive connections do not reach the server: its passive ports are not admitted, or PASV tells an address that is not its own.',
    evidence: `${share(blocked, passive, 'passive transfers')}: ${told(first)}`,
    advice:
      'Give the server a range of passive ports and admit it (port20 serve --passive-ports), or use active mode.',
  };
};

/** From one address of this client they work, from another they do not. */
export const oneAddressBlocked: Cause = (facts) => {
  const others = inSeries(facts, 'other-address');
  const serial = inSeries(facts, 'serial');
  const [first] = serial.every(isOk) ? others.filter(isFailed) : serial.every(isFailed) ? serial : [];
  if (first === undefined || (others.every(isFailed) && serial.every(isFailed))) return undefined;
  return {
    ids: ['one-address-blocked'],
    cause:
      'Active mode works from one address of this client and not from another: a rule here, at the server or between goes by the address.',
    evidence: `from ${first.announced?.address ?? 'one'}: ${told(first)}; from another it went well`,
    advice: 'Use the address from which it works (client: local address), or admit the other one, too.',
  };
};
