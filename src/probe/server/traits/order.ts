// When the server dials, and whether its replies are said before or after what they say is so.
import { type Conclusion, certain, likely, type TraitDefinition, unknown } from './trait.ts';

export const connectsAt: TraitDefinition = {
  id: 'connects-at',
  title: 'Connects at',
  conclude({ transfers }) {
    const early = transfers.filter(({ beforeCommand }) => beforeCommand).length;
    const evidence = 'a pause between PORT and the transfer command';
    if (early === 0) return certain('the transfer command, as RFC 959 3.2 has it', 'transfer', evidence);
    const found = 'PORT, before any transfer is asked for';
    return early === transfers.length ? certain(found, 'port', evidence) : likely(found, 'port', evidence);
  },
};

export const reply200: TraitDefinition = {
  id: 'reply-200',
  title: '200 to PORT means',
  conclude({ transfers, refusedPort: { portReplyCode } }) {
    const evidence = 'PORT to a port where nobody listens';
    if (portReplyCode === undefined) return unknown('no reply to PORT');
    const refused = `${portReplyCode} to a port where nobody listens`;
    if (portReplyCode >= 300) return certain(`the connection is up: ${refused}`, 'connected', evidence);
    const dials = transfers.some(({ beforeCommand }) => beforeCommand);
    return certain(
      dials ? 'nothing yet: it comes before the connection does' : 'the address was understood',
      dials ? 'before-fact' : 'address-taken',
      evidence,
    );
  },
};

export const reply150: TraitDefinition = {
  id: 'reply-150',
  title: '150 comes',
  conclude({ refusedPort: { portReplyCode, replyCodes } }) {
    const evidence = `replies when nobody listens: ${[portReplyCode, ...replyCodes].join(', ')}`;
    const final = replyCodes.find((code) => code >= 400);
    if (replyCodes.some((code) => code < 200))
      return certain('before it is known whether the connection works', 'before-connect', evidence);
    if (final !== undefined) return certain('when the connection is up', 'after-connect', evidence);
    if (portReplyCode !== undefined && portReplyCode >= 300)
      return likely('when the connection is up, which was made at PORT', 'after-connect', evidence);
    return unknown(`${evidence}; neither a 150 nor a refusal`);
  },
};

export const replyRefused: TraitDefinition = {
  id: 'reply-refused',
  title: 'When the client refuses the connection',
  conclude({ refusedPort: { portReplyCode, replyCodes } }) {
    const evidence = 'PORT to a port where nobody listens';
    const final = [portReplyCode ?? 0, ...replyCodes].find((code) => code >= 400);
    return final === undefined ? unknown('no final reply came') : certain(`${final}`, final, evidence);
  },
};

const ENDS: Readonly<Record<string, (seen: number) => Conclusion>> = {
  'reply-first': (seen) =>
    certain(
      'before the end of the data',
      'before-fin',
      `${seen} of the transfers: the final reply came, and no FIN was there`,
    ),
  'fin-first': (seen) =>
    likely(
      'behind its last byte and its FIN',
      'after-fin',
      `${seen} of the transfers: the FIN was there when the reply was`,
    ),
  'waits-for-peer': (seen) =>
    certain(
      'when the client has closed its end too',
      'after-peer',
      `${seen} of the transfers: no reply until the client had closed`,
    ),
};

export const reply226: TraitDefinition = {
  id: 'reply-226',
  title: '226 comes',
  conclude({ transfers }) {
    for (const end of ['reply-first', 'waits-for-peer', 'fin-first']) {
      const seen = transfers.filter((transfer) => transfer.end === end).length;
      const conclude = ENDS[end];
      if (seen > 0 && conclude !== undefined) return conclude(seen);
    }
    return unknown('the order of the reply and the FIN could not be seen');
  },
};
