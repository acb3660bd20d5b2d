// Steps on data connections: whole transfers, and their parts one by one.
import { connect } from 'node:net';
import { TLSSocket } from 'node:tls';
import { errorCodeOf } from '../../../errors.ts';
import { parseHostPort } from '../../../ftp/host-port.ts';
import { Arrival } from '../../server/catcher.ts';
import type { CaseVerdict } from '../../types.ts';
import {
  type Answer,
  type Answered,
  admits,
  answer,
  answeredInWords,
  answerInWords,
  verdictOn,
} from '../answer.ts';
import { FINE, type Seen, type Step, worst } from '../case.ts';
import type { Talk } from '../talk.ts';
import { asAnswer, escaped } from './say.ts';

/** What a file, or a listing, has to be. */
type Content = 'file' | 'big' | string | RegExp;

export interface TransferWanted {
  /** Number of the listener; 1 unless set. */
  readonly on?: number;
  /** What is sent; without it the server sends. */
  readonly upload?: string;
  readonly content?: Content;
  /** The last reply; 226 or 250 unless set. What is tolerable of it may also come in place of the connection. */
  readonly final?: Answer | string;
  /** Where the connection has to come from: L-1; the port of the case's first; or the server's address only. */
  readonly from?: 'L-1' | 'first';
  /** Nothing is read before the last reply, which has to come behind the server's FIN. */
  readonly finBefore226?: boolean;
  /** The connection is TLS on top, with the control connection's session. */
  readonly tls?: boolean;
}

const DONE: Answer = answer('226|250');

/** RFC 959 §5.4: 125 or 150, the data, 226 or 250. */
export function transfer(command: string, wanted: TransferWanted = {}): Step {
  const { on = 1, upload, content, from } = wanted;
  const final = asAnswer(wanted.final ?? DONE);
  const parts = [
    '125 or 150',
    from === 'L-1' && 'a connection from L-1',
    from === 'first' && 'a connection from the same port',
    upload === undefined && (content === undefined ? 'data' : contentInWords(content)),
    answerInWords(final),
  ];
  return {
    sends: upload === undefined ? escaped(command) : `${escaped(command)}, data ${escaped(upload)}`,
    expects: parts.filter(Boolean).join(', '),
    async run(talk) {
      const sent = talk.filled(command);
      const tried = new Moving(talk, final);
      talk.session.control.sendBytes(Buffer.from(`${sent}\r\n`, 'latin1'));
      const seen = await tried.carriedOut(on, wanted);
      return { verdict: seen.verdict, seen: `${escaped(sent)} → ${seen.seen}` };
    },
  };
}

class Moving {
  readonly #talk: Talk;
  readonly #final: Answer;
  readonly #verdicts: CaseVerdict[] = [];
  readonly #seen: string[] = [];
  /** Replies of the session before the command. */
  readonly #before: number;
  #preliminary = false;

  constructor(talk: Talk, final: Answer) {
    this.#talk = talk;
    this.#final = final;
    this.#before = talk.session.control.replies.length;
  }

  async carriedOut(on: number, wanted: TransferWanted): Promise<Seen> {
    const { scope, patience, data } = this.#talk;
    const { stepMs, settleMs } = patience;
    const come = () => this.#talk.untaken(on);
    await scope.until(() => come() ?? this.#isOver(), stepMs);
    // A small file may be over before its connection is seen, and 226 with it.
    const arrival = come() ?? (this.#isRefused() ? undefined : await scope.until(come, settleMs));
    if (arrival === undefined) return this.#withoutData();
    data.push(arrival);
    await this.#move(arrival, wanted);
    return this.#told();
  }

  #since(least: number): boolean | undefined {
    const { replies } = this.#talk.session.control;
    return replies.slice(this.#before).some(({ replyCode }) => replyCode >= least) || undefined;
  }

  /** Its last reply is there, or none will be. */
  #isOver(): boolean | undefined {
    return this.#since(200) ?? (this.#talk.session.control.endedAtMs === undefined ? undefined : true);
  }

  #isRefused(): boolean {
    return this.#since(400) ?? false;
  }

  async #withoutData(): Promise<Seen> {
    const over = this.#isOver() !== undefined;
    const final = await this.#finalReply(over ? this.#talk.patience.stepMs : 0);
    if (!over) this.#note('breaks', 'no data connection');
    // What ends without data is no success, whatever its reply says.
    else
      this.#note(
        admits('2xx', final) ? 'breaks' : verdictOn(final, this.#final),
        `${answeredInWords(final, this.#final)} without data`,
      );
    return this.#told();
  }

  async #move(arrival: Arrival, wanted: TransferWanted): Promise<void> {
    const talk = this.#talk;
    const { upload, content, from, finBefore226, tls } = wanted;
    this.#note(...sourceOf(arrival, talk, from));
    if (tls && !(await this.#secured(arrival))) return;
    if (finBefore226) await this.#watched(arrival);
    if (upload !== undefined) arrival.write(Buffer.from(upload, 'latin1'));
    else await this.#receive(arrival);
    arrival.finish();
    const final = await this.#finalReply(talk.patience.stepMs);
    // A server that has dialled before it looked for the file, and refuses it now: nothing of it was promised.
    if (upload === undefined && !admits('4xx|5xx', final)) this.#note(...contentOf(arrival, content, talk));
    this.#note(verdictOn(final, this.#final), answeredInWords(final, this.#final));
  }

  async #secured(arrival: Arrival): Promise<boolean> {
    const control = this.#talk.session.control.socket;
    if (!(control instanceof TLSSocket)) throw new Error('TLS for data without TLS for control');
    let failed: string | undefined;
    let done = false;
    const handshake = arrival.secure(control).then(
      () => {
        done = true;
      },
      (error) => {
        failed = errorCodeOf(error);
      },
    );
    void handshake.finally(this.#talk.scope.changed);
    await this.#talk.scope.until(() => done || failed, this.#talk.patience.stepMs);
    if (!done) this.#note('breaks', `no TLS on the data connection: ${failed ?? 'no answer'}`);
    return done;
  }

  /** Nothing is read until the last reply is there; a server may wait for our end with it. */
  async #watched(arrival: Arrival): Promise<void> {
    const { scope, patience } = this.#talk;
    const over = await scope.until(() => this.#isOver(), patience.settleMs);
    if (over === undefined) this.#note('conforms', 'waits for the client');
    // By the kernel's table: what 226 says is not so yet.
    else if (arrival.state() === 'ESTABLISHED')
      this.#note('tolerable', 'its FIN is not there yet when the reply is');
  }

  async #receive(arrival: Arrival): Promise<void> {
    const { scope, patience } = this.#talk;
    arrival.read();
    const ended = await scope.until(() => arrival.ended || this.#isRefused() || undefined, patience.stepMs);
    if (ended === undefined) this.#note('breaks', 'the data do not end');
    if (arrival.broken !== undefined) this.#note('breaks', `the data end with ${arrival.broken}`);
  }

  async #finalReply(ms: number): Promise<Answered> {
    for (;;) {
      const answered = await this.#talk.answered(ms);
      if (typeof answered === 'string' || answered.replyCode >= 200) {
        // RFC 959 §5.4: no 226 without a 150 or 125 before it.
        if (!this.#preliminary && admits('2xx', answered)) this.#note('breaks', 'no 150');
        return answered;
      }
      if (this.#preliminary) {
        // Nor is a third waited for: there are servers that have them without end.
        this.#note('breaks', 'a second preliminary reply');
        return answered;
      }
      this.#preliminary = true;
      this.#seen.unshift(String(answered.replyCode));
    }
  }

  #note(verdict: CaseVerdict, seen: string): void {
    this.#verdicts.push(verdict);
    if (seen !== '') this.#seen.push(seen);
  }

  #told(): Seen {
    return { verdict: worst(this.#verdicts), seen: this.#seen.join(', ') };
  }
}

/** RFC 959 §5.2: "The server shall initiate the data connection from his own default data port (L-1)". */
function sourceOf(
  { from }: Arrival,
  { target, data }: Talk,
  wanted: TransferWanted['from'],
): [CaseVerdict, string] {
  const seen = `from port ${from.port}`;
  const own = target.dataPort ?? target.server.port - 1;
  switch (wanted) {
    case undefined:
      return ['conforms', ''];
    case 'L-1':
      if (from.port === own) return ['conforms', seen];
      // A firewall that admits the one port that everybody knows lets it pass.
      return [from.port === 20 ? 'tolerable' : 'breaks', seen];
    case 'first':
      return [from.port === data[0]?.from.port ? 'conforms' : 'breaks', seen];
    default:
      return wanted satisfies never;
  }
}

function contentOf(arrival: Arrival, wanted: Content | undefined, talk: Talk): [CaseVerdict, string] {
  const { content } = arrival;
  const bytes = `${arrival.bytes} bytes`;
  const expected = expectedBytes(wanted, talk);
  if (expected === undefined) return ['conforms', bytes];
  if (expected instanceof RegExp) {
    const text = content.toString('latin1');
    return expected.test(text) ? ['conforms', bytes] : ['breaks', `data ${escaped(text) || 'none'}`];
  }
  if (expected.equals(content)) return ['conforms', bytes];
  return ['breaks', `${bytes} that are not the ${expected.length} of the file`];
}

function expectedBytes(wanted: Content | undefined, { place }: Talk): Buffer | RegExp | undefined {
  if (wanted === 'file') return place.file?.content;
  if (wanted === 'big') return place.big?.content;
  return typeof wanted === 'string' ? Buffer.from(wanted, 'latin1') : wanted;
}

function contentInWords(content: Content): string {
  if (content === 'file' || content === 'big') return 'the whole file';
  return content instanceof RegExp ? `data like ${content.source}` : `data ${escaped(content) || 'none'}`;
}

/** A data connection, which stays open and unread. */
export function dialled(on = 1, from?: TransferWanted['from']): Step {
  return {
    sends: '',
    expects: from === undefined ? 'a connection' : 'a connection from the same port',
    async run(talk) {
      const arrival = await talk.scope.until(() => talk.untaken(on), talk.patience.stepMs);
      if (arrival === undefined) return { verdict: 'breaks', seen: 'no data connection' };
      talk.data.push(arrival);
      const [verdict, seen] = sourceOf(arrival, talk, from);
      return { verdict, seen: seen || 'a data connection' };
    },
  };
}

/** Nobody connects there. */
export function nobodyDials(on = 1): Step {
  return {
    sends: '',
    expects: 'no connection',
    async run(talk) {
      const arrival = await talk.scope.until(() => talk.untaken(on), talk.patience.settleMs);
      if (arrival === undefined) return { verdict: 'conforms', seen: 'nobody connects' };
      return { verdict: 'breaks', seen: `a connection from port ${arrival.from.port}` };
    },
  };
}

/** Of the data connection that came last: so much is sent, and it stays open. */
export function sendData(text: string): Step {
  return dataStep(`data ${escaped(text)}`, (arrival) => arrival.write(Buffer.from(text, 'latin1')));
}

/** Of a transfer that a server may have begun or not: it ends, and its replies are passed over. */
export const endData: Step = {
  sends: '',
  expects: '',
  async run(talk) {
    const arrival = await talk.scope.until(() => talk.untaken(1), talk.patience.settleMs);
    arrival?.drain();
    arrival?.finish();
    return FINE;
  },
};

/** What a case needs done, and is not about: where it fails, the case is not run. */
export function provided(step: Step): Step {
  return {
    ...step,
    expects: '',
    async run(talk) {
      const seen = await step.run(talk);
      return seen.verdict === 'breaks' ? { ...seen, verdict: 'not-run' } : seen;
    },
  };
}

export const resetData: Step = dataStep('(a reset of the data connection)', (arrival) => arrival.reset());
function dataStep(sends: string, act: (arrival: Arrival) => void): Step {
  return {
    sends,
    expects: '',
    async run(talk) {
      const arrival = talk.data.at(-1);
      if (arrival !== undefined) act(arrival);
      return FINE;
    },
  };
}

/** PASV: its reply, and a connection to where it says, as the case's listener 1 would have had. */
export function dialPassive(from: 'PASV' | 'EPSV'): Step {
  return {
    sends: `${from}, and a connection there`,
    expects: from === 'PASV' ? '227 (h1,h2,h3,h4,p1,p2)' : '229 (|||port|)',
    async run(talk) {
      talk.session.send(from);
      const answered = await talk.answered(talk.patience.stepMs);
      const text = typeof answered === 'string' ? '' : answered.text;
      const port = from === 'PASV' ? passivePort(text) : Number(/^229 .*\(\|\|\|(\d+)\|\)/.exec(text)?.[1]);
      const seen = `${from} → ${answeredInWords(answered, answer('', '', /^/))}`;
      if (admits('5xx', answered)) return { verdict: 'not-run', seen };
      if (!port) return { verdict: 'breaks', seen };
      const { address } = talk.session.control.remote;
      const socket = connect({ host: address, port, allowHalfOpen: true });
      socket.on('connect', talk.scope.changed);
      const arrival = talk.scope.owns(new Arrival(socket, talk.session.local, talk.scope.changed));
      await talk.scope.until(() => !socket.connecting || socket.destroyed || undefined, talk.patience.stepMs);
      if (socket.destroyed || socket.connecting)
        return { verdict: 'breaks', seen: `${seen}; nobody listens there` };
      talk.dialledOut = arrival;
      return { verdict: 'conforms', seen };
    },
  };
}

function passivePort(text: string): number | undefined {
  return parseHostPort(/^227 .*?(\d+(?:,\d+){5})/.exec(text)?.[1] ?? '')?.port;
}
