// What the server lets a client ask for: RFC 2577 §3, against the bounce attack.
import { certain, likely, type TraitDefinition, unknown } from './trait.ts';

export const foreignAddress: TraitDefinition = {
  id: 'foreign-address',
  title: 'PORT to an address that is not the client',
  conclude({ announcements: { foreign } }) {
    const { replyCode, dialled } = foreign;
    if (replyCode === undefined) return unknown('no reply to PORT');
    if (replyCode >= 300) return certain(`refused with ${replyCode}`, replyCode, 'the reply to PORT');
    const accepted = `accepted with ${replyCode}`;
    if (dialled === undefined)
      return likely(accepted, 'accepted', 'the reply to PORT; it was not followed up');
    return dialled
      ? certain(
          `${accepted}, and dialled: a bounce attack would work`,
          'dialled',
          'a listener on another address',
        )
      : likely(`${accepted}, but not dialled`, 'not-dialled', 'a listener on another address saw nothing');
  },
};

export const privilegedPort: TraitDefinition = {
  id: 'privileged-port',
  title: 'PORT to a privileged port of the client',
  conclude({ announcements: { privileged } }) {
    const { port, replyCode } = privileged;
    if (replyCode === undefined) return unknown(`no reply to PORT with port ${port}`);
    const evidence = `the reply to PORT with port ${port}`;
    return replyCode >= 300
      ? certain(`refused with ${replyCode}`, replyCode, evidence)
      : certain(`accepted with ${replyCode}`, 'accepted', evidence);
  },
};
