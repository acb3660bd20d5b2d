// Servers and clients with a router between them, in network namespaces of the run's own. Linux only, as root.
import { execFileSync } from 'node:child_process';
import { closeSync, writeFileSync } from 'node:fs';
import { errorCodeOf, InvalidRunError, PreflightError } from '../errors.ts';
import { createNetworkNamespace, type NetworkNamespace } from '../net/namespace.ts';
import { openTun } from '../net/tun.ts';
import type { Network } from '../plan/types.ts';
import type { AddressPool } from '../run/address-pool.ts';
import type { Place } from '../run/engine.ts';
import { startChild } from './child.ts';

export type Routed = Exclude<Network, 'none'>;

/** Nothing of it outlives the process that made it and those that it started there, however they end. */
export interface RoutedNetwork extends Place {
  readonly server: NetworkNamespace;
  readonly clients: NetworkNamespace;
  /** What the router does with packets from now on. @throws PreflightError */
  become(network: Routed): void;
  /** @throws InvalidRunError where a part of it has ended meanwhile: what was lost then is not the server's fault */
  requireWhole(): void;
  close(): Promise<void>;
}

/** For tests of network devices (RFC 2544 App. C.2.2): of nobody's network. */
const SERVERS = '198.18.0.0/16';
const CLIENTS = '198.19.0.0/16';
/** From each end to the router. */
const LINKS = { server: ['10.77.2.1', '10.77.2.2'], clients: ['10.77.1.1', '10.77.1.2'] } as const;

/** The default data port is L-1 (RFC 959 §3.2), and the firewall admits 20. */
const CONTROL_PORT = 21;
const LAST_HOST = 65_534;

/** Of the lossy line, in each direction; what is lost is the rule's of the same name. */
const DELAY_MS = 10;
const DELAYED = 'delayed';

const RULES = {
  // What a careful site lets in from an FTP server in active mode. It drops: few say that they refuse.
  'firewall-port-20': `ip daddr ${CLIENTS} tcp flags & (syn | ack) == syn tcp sport != 20 drop`,
  lossy: 'numgen random mod 100 < 2 drop',
} satisfies Record<Routed, string>;

/** @throws PreflightError without the right to namespaces, ip(8), nft(8) or, for a line that delays, TUN devices */
export function createRoutedNetwork(): RoutedNetwork {
  const made: NetworkNamespace[] = [];
  const namespace = () => {
    const one = createNetworkNamespace();
    made.push(one);
    return one;
  };
  let line: DelayLine | undefined;
  const close = async () => {
    const ended = line;
    line = undefined;
    await ended?.end();
    for (const one of made.splice(0)) one.close();
  };
  try {
    return orPreflightError(() => {
      const [router, server, clients] = [namespace(), namespace(), namespace()];
      for (const one of made) one.inside(() => ip('link set lo up'));
      link(router, server, 'to-server', LINKS.server, { own: SERVERS, beyond: CLIENTS });
      link(router, clients, 'to-clients', LINKS.clients, { own: CLIENTS, beyond: SERVERS });
      router.inside(() => {
        writeFileSync('/proc/sys/net/ipv4/ip_forward', '1');
        nft(''); // it is there, and may set rules
      });
      const become = (network: Routed) =>
        orPreflightError(() => {
          const isDelayed = network === 'lossy';
          if (isDelayed && !line?.alive) line = startDelayLine(router, clients);
          const [gateway, address] = LINKS.clients;
          router.inside(() => {
            ip(`route replace ${CLIENTS} ${isDelayed ? `dev ${DELAYED}` : `via ${address}`}`);
            nft(RULES[network]);
          });
          clients.inside(() =>
            ip(`route replace ${SERVERS} ${isDelayed ? `dev ${DELAYED}` : `via ${gateway}`}`),
          );
        });
      const requireWhole = () => {
        if (line?.alive === false) throw new InvalidRunError('the delay line between them has ended');
      };
      return { server, clients, pool: createPool(), inside: server.inside, become, requireWhole, close };
    });
  } catch (error) {
    void close();
    throw error;
  }
}

type DelayLine = Pick<ReturnType<typeof startChild>, 'alive' | 'end'>;

/** From a device of the one namespace to one of the other. */
function startDelayLine(...ends: readonly NetworkNamespace[]): DelayLine {
  const descriptors: number[] = [];
  try {
    for (const one of ends) {
      one.inside(() => {
        descriptors.push(openTun(DELAYED));
        ip(`link set ${DELAYED} up`);
      });
    }
    return startChild('delay line', './delay-line.js', { args: [String(DELAY_MS)], descriptors });
  } finally {
    for (const one of descriptors) closeSync(one);
  }
}

/** Every address of `own` is the end's: no block has one that another had. */
function link(
  router: NetworkNamespace,
  end: NetworkNamespace,
  device: string,
  [gateway, address]: readonly [string, string],
  { own, beyond }: { readonly own: string; readonly beyond: string },
): void {
  router.inside(() => {
    ip(`link add ${device} type veth peer name e0 netns ${end.path}`);
    ip(`addr add ${gateway}/30 dev ${device}`);
    ip(`link set ${device} up`);
  });
  end.inside(() => {
    ip(`addr add ${address}/30 dev e0`);
    ip('link set e0 up');
    ip(`route add local ${own} dev lo`);
    ip(`route add ${beyond} via ${gateway}`);
  });
  router.inside(() => ip(`route add ${own} via ${address}`));
}

/** They are this run's alone: one behind the other, and after the last the first, whose sockets are long gone. */
function createPool(): AddressPool {
  const next = (network: string) => {
    let host = 0;
    return () => {
      host = (host % LAST_HOST) + 1;
      return network.replace('0.0/16', `${host >> 8}.${host & 255}`);
    };
  };
  const [server, client] = [next(SERVERS), next(CLIENTS)];
  return { server: () => ({ address: server(), port: CONTROL_PORT }), client };
}

/** In a session of its own: Ctrl-C is the run's to hear, and would leave half a network. */
const UNDISTURBED = { stdio: 'pipe', detached: true } as const;

function ip(command: string): void {
  execFileSync('ip', command.split(' '), UNDISTURBED);
}

/** In the place of the rules before. */
function nft(rule: string): void {
  const chain = `type filter hook forward priority 0\n${rule}`;
  const input = `flush ruleset\ntable inet port20 {\nchain forward {\n${chain}\n}\n}\n`;
  execFileSync('nft', ['-f', '-'], { input, ...UNDISTURBED });
}

const PACKAGES: Readonly<Record<string, string>> = { ip: 'iproute2', nft: 'nftables' };

function orPreflightError<T>(work: () => T): T {
  try {
    return work();
  } catch (cause) {
    throw new PreflightError(
      `a network of the run's own cannot be made here: ${reasonOf(cause as Failure)}: leave network out`,
      { cause },
    );
  }
}

interface Failure extends Error {
  readonly path?: string;
  /** Of a program that ended with an error. */
  readonly stderr?: Buffer;
}

function reasonOf(error: Failure): string {
  const { message, path = '', stderr } = error;
  const code = errorCodeOf(error);
  const program = PACKAGES[path];
  if (code === 'ENOENT' && program !== undefined) return `${path} is missing (Debian: ${program})`;
  if (code === 'EPERM' || code === 'EACCES') return `${message}; it takes root`;
  return stderr?.toString().trim().split('\n')[0] || message.split('\n')[0] || message;
}
