// A loopback address and port that nothing uses: a series must not meet the sockets of another, nor of anyone else.
import { randomInt } from 'node:crypto';
import type { Endpoint } from '../../address.ts';
import { PreflightError } from '../../errors.ts';
import { readSocketsAt } from '../../net/socket-table.ts';

const MAX_DRAWS = 100;

/** 127.2.0.0 to 127.127.255.255, below the ephemeral range. @throws PreflightError */
export function freshEndpoint(): Endpoint {
  for (let draw = 0; draw < MAX_DRAWS; draw++) {
    const address = `127.${randomInt(2, 128)}.${randomInt(0, 256)}.${randomInt(0, 256)}`;
    const port = randomInt(10_000, 32_000);
    if ([address, '0.0.0.0'].every((on) => readSocketsAt({ address: on, port }).length === 0)) {
      return { address, port };
    }
  }
  throw new PreflightError(
    `no free loopback port found in ${MAX_DRAWS} draws: wait a minute for TIME_WAIT to pass`,
  );
}
