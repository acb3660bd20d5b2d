// A scenario inside a saved result, as a schema: one load with its workload and its distributions.
import { z } from 'zod';
import { ANNOUNCEMENTS, CLIENT_PORTS, DIRECTIONS, LOGINS, NETWORKS, TLS_MODES } from '../../plan/types.ts';
import { amount, choice, count, text } from './parts.ts';

/** The tag of a union; what it stands for is the description. */
const kind = <const Name extends string>(name: Name, description: string) =>
  z.literal(name).describe(description);

function weighted<Value extends z.ZodType>(value: Value) {
  return z.object({ value, weight: amount('Relative weight.') });
}

const stages = z
  .array(
    z
      .object({
        durationMs: amount('How long the stage lasts, in milliseconds.'),
        from: amount('Level at its beginning: active sessions (closed) or arrivals a second (open).'),
        to: amount('Level at its end; it goes there in a straight line.'),
      })
      .meta({ id: 'stage', title: 'Stage', description: 'One stage of a load.' }),
  )
  .describe('Stages follow one another and last as long as a block does.');

const thinkTime = z
  .discriminatedUnion('kind', [
    z.object({ kind: kind('fixed', 'Always the same.'), ms: amount('In milliseconds.') }),
    z.object({
      kind: kind('exponential', 'Exponentially distributed.'),
      meanMs: amount('Mean, in milliseconds.'),
    }),
    z.object({
      kind: kind('uniform', 'Uniformly distributed.'),
      minMs: amount('Shortest, in milliseconds.'),
      maxMs: amount('Longest, in milliseconds.'),
    }),
  ])
  .describe('Pause for thought before each transfer of a session.');

const workload = z
  .discriminatedUnion('kind', [
    z.object({
      kind: kind('closed', 'Each active session runs one transfer after another.'),
      thinkTime,
      stages,
    }),
    z.object({
      kind: kind('open', 'Transfers arrive whether or not others have ended.'),
      arrivals: choice(['poisson', 'constant'], 'How arrivals are spread over time.'),
      stages,
    }),
    z.object({
      kind: kind('bursts', 'Clients in lockstep: many transfers arrive in the same moment.'),
      everyMs: amount('From one burst to the next, in milliseconds.'),
      size: count('Transfers of one burst.'),
    }),
  ])
  .describe('When transfers start.');

const fileSize = z
  .discriminatedUnion('kind', [
    z.object({ kind: kind('fixed', 'Always the same.'), bytes: count('In bytes.') }),
    z.object({
      kind: kind('choice', 'One of several sizes, by weight.'),
      of: z.array(weighted(count('Size in bytes.'))).describe('The sizes.'),
    }),
    z.object({
      kind: kind('lognormal', 'Log-normally distributed.'),
      medianBytes: amount('Median, in bytes.'),
      sigma: amount('Standard deviation of the natural logarithm.'),
      maxBytes: amount('Largest, in bytes.'),
    }),
  ])
  .describe('Sizes of the files.');

export const scenarioSchema = z
  .object({
    name: text('Name of the scenario.'),
    workload,
    sessions: count('Control connections open at once: no more transfers than these run at the same time.'),
    mix: z
      .array(weighted(choice(DIRECTIONS, 'Download, upload or listing.')))
      .describe('What the transfers do, by weight.'),
    fileSize,
    durationMs: amount(
      'Load time of one block in milliseconds, the warm-up included. No transfer starts after it.',
    ),
    warmUpMs: amount(
      'Transfers that are to start in this first part of a block are run but not counted. In milliseconds.',
    ),
    transfers: count('Transfers of one block at the most; 0 for no limit.'),
    bindToConnectMs: amount('Held between bind and connect under every binder alike, in milliseconds.'),
    clientAddresses: z
      .union([z.literal('each'), z.int().min(1)])
      .describe('Client addresses that the sessions share; `each`: every session has its own.'),
    clientPort: choice(
      CLIENT_PORTS,
      "Where the client listens: a new port for each transfer, one for the session, or the control connection's own.",
    ),
    announce: choice(ANNOUNCEMENTS, 'How that is announced; `auto`: EPRT for IPv6, PORT for IPv4.'),
    login: choice(LOGINS, '`each`: every transfer logs in by itself, and its time includes the login.'),
    tls: choice(TLS_MODES, '`explicit`: AUTH TLS, and data connections under TLS.').default('off'),
    network: choice(
      NETWORKS,
      'Between server and clients: nothing, a firewall that admits source port 20 alone, or a line that loses and delays packets.',
    ).default('none'),
  })
  .meta({ id: 'scenario', title: 'Scenario', description: 'One load on one number of sessions.' });
