// The dialogue of a login, reply by reply.
import { LoginError } from '../login.ts';
import type { Reply } from '../reply-reader.ts';
import { classifyReply, type TransferFailure } from '../transfer-failure.ts';
import type { SessionOptions } from '../types.ts';
import { decoded } from './control-socket.ts';
import type { Exchange } from './exchange.ts';

type Step = 'greeting' | 'USER' | 'PASS' | 'TYPE';

export class Login implements Exchange {
  readonly waitingFor = 'login';
  /** Settles with the login. @throws LoginError */
  readonly done: Promise<void>;
  readonly #options: SessionOptions;
  readonly #send: (line: string) => void;
  #resolve: () => void = () => {};
  #reject: (error: LoginError) => void = () => {};
  /** What the next reply answers. */
  #step: Step = 'greeting';

  constructor(options: SessionOptions, send: (line: string) => void) {
    this.#options = options;
    this.#send = send;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  onReply(reply: Reply): void {
    const { replyCode } = reply;
    const completed = replyCode >= 200 && replyCode < 300;
    if (this.#step === 'TYPE' && replyCode < 400) this.#resolve();
    else if (this.#step === 'greeting' && completed) this.#next('USER', this.#options.user);
    else if (this.#step === 'USER' && replyCode === 331) this.#next('PASS', this.#options.password);
    else if (this.#step !== 'greeting' && completed) this.#next('TYPE', 'I');
    // A 120 (ready in nnn minutes) too is a refusal to a client that will not wait.
    else this.#fail(decoded(reply), classifyReply(replyCode, reply.text));
  }

  onEnd(failure: TransferFailure): void {
    this.#fail(describe(failure, this.#options), failure);
  }

  #next(step: Step, argument: string): void {
    this.#step = step;
    this.#send(`${step} ${argument}`);
  }

  #fail(reason: string, failure: TransferFailure): void {
    this.#reject(new LoginError(this.#options, reason, failure));
  }
}

function describe(failure: TransferFailure, { timeoutMs }: SessionOptions): string {
  if (failure.kind === 'timed-out') return `no reply within ${timeoutMs} ms`;
  if (failure.kind !== 'socket-error') return failure.kind;
  return failure.code === 'EOF' ? 'the server closed the connection' : failure.code;
}
