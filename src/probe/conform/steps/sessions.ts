// Steps that open sessions and listeners.
import { FINE, type Seen, type Step } from '../case.ts';
import type { Talk } from '../talk.ts';

function quietly(run: (talk: Talk) => Promise<unknown>): Step {
  return {
    sends: '',
    expects: '',
    async run(talk) {
      await run(talk);
      return FINE;
    },
  };
}

/** A port of the client's own: `{P}` in PORT, `{E}` in EPRT; the second `{P2}`, `{E2}`. */
export const listen = quietly((talk) => talk.listen());

/** `{closed}`: a port that nobody listens on. */
export const closedPort = quietly((talk) => talk.closePort());

/** Another session, logged in. */
export const another = quietly((talk) => talk.open());

/** Another one, whose greeting is unread. */
export const connected = quietly((talk) => talk.connect());

/** Another one, from a port that the client listens on as well: what a server without PORT has to dial. */
export const fromListeningPort: Step = {
  sends: '',
  expects: '',
  async run(talk): Promise<Seen> {
    try {
      const session = await talk.openFromSharedPort();
      await talk.listen(session.local.port);
      return FINE;
    } catch (error) {
      return { verdict: 'not-run', seen: `a port cannot be shared here: ${(error as Error).message}` };
    }
  },
};

/** Back to the session that was opened as that one: 1 is the case's first. */
export function backTo(session: number): Step {
  return quietly(async (talk) => talk.switchTo(session - 1));
}
