// The faults: which server, what is on the way, and which cause has to be named. Two that stand apart can be had at once.

const SERVER = '10.77.2.2';
const ROUTER = '10.77.2.1';

const forward = (...rules) => ({
  router: [`table inet lab { chain f { type filter hook forward priority 0; ${rules.join('; ')}; } }`],
});
const SYN_BACK = 'ip saddr 10.77.2.2 tcp sport 2120 tcp flags & (syn | ack) == syn';
const MASQUERADE =
  'table ip nat { chain p { type nat hook postrouting priority 100; ip saddr 10.77.1.2 masquerade; } }';
/** The control connection goes through the translator; what the server dials at the router is the client's. */
const helper = (how) => ({
  router: [
    'table ip nat { chain d { type nat hook prerouting priority -100; ip saddr 10.77.1.2 tcp dport 2121 redirect to :2121; ' +
      'ip saddr 10.77.2.2 ip daddr 10.77.2.1 tcp sport 2120 dnat to 10.77.1.2; } ' +
      'chain p { type nat hook postrouting priority 100; ip saddr 10.77.1.2 masquerade; } }',
  ],
  translator: ['10.77.1.1:2121', `${SERVER}:2121`, ROUTER, how],
});

/** `server`: flags of `port20 serve`; `vsftpd`: lines of its configuration, to which TLS belongs; `scripted`: faults of scripted.mjs; `kind`: which of them go together. */
export const FAULTS = {
  'no-fixed-port': { kind: 'port', server: ['--binder', 'ephemeral'] },
  'port-taken-by-another': { kind: 'port', holder: true },
  'port-taken-time-wait': { kind: 'port', server: ['--binder', 'legacy', '--retry', 'none'] },
  'port-not-shared': {
    kind: 'port',
    server: ['--binder', 'legacy-bsd', '--retry', 'none', '--bind-to-connect', '400ms'],
  },
  'tuple-in-time-wait': {
    kind: 'port',
    sysctls: ['net.ipv4.tcp_timestamps=0', 'net.ipv4.tcp_tw_reuse=0'],
  },
  'syn-dropped': { kind: 'way', ...forward(`${SYN_BACK} drop`) },
  'syn-dropped by the client’s own firewall': {
    kind: 'way',
    names: 'syn-dropped',
    client: [
      'table inet lab { chain i { type filter hook input priority 0; tcp sport 2120 tcp flags & (syn | ack) == syn drop; } }',
    ],
  },
  'syn-rejected': { kind: 'way', ...forward(`${SYN_BACK} reject with tcp reset`) },
  'syn-rejected by ICMP': {
    kind: 'way',
    names: 'syn-rejected',
    ...forward(`${SYN_BACK} reject with icmp type host-unreachable`),
  },
  'port-not-rewritten': { kind: 'way', router: [MASQUERADE] },
  'eprt-not-rewritten': { kind: 'way', ...helper('port') },
  'port-rewritten-wrongly': { kind: 'way', ...helper('wrong') },
  'reply-before-data': { kind: 'port', scripted: 'early-226' },
  'refuses-address': { kind: 'port', scripted: 'refuses' },
  'one-address-blocked': {
    kind: 'address',
    addresses: ['10.77.1.3/24'],
    ...forward('ip daddr 10.77.1.3 tcp sport 2120 tcp flags & (syn | ack) == syn drop'),
  },
  'port-taken-by-another, at vsftpd': {
    kind: 'tls',
    names: 'port-taken-by-another',
    vsftpd: ['ssl_enable=NO'],
    holder: true,
  },
  'no-active-mode': { kind: 'port', scripted: 'no-port' },
  'tls-reuse-required': { kind: 'tls', vsftpd: ['require_ssl_reuse=YES'] },
  'helper-blind-under-tls': { kind: 'tls', vsftpd: ['require_ssl_reuse=NO'], ...helper('both') },
  'passive-blocked': {
    kind: 'passive',
    ...forward('ip saddr 10.77.1.2 tcp dport != 2121 tcp flags & (syn | ack) == syn drop'),
  },
};

/** What must find nothing: nothing on the way, and a translation with a helper that knows both commands. */
export const HEALTHY = {
  'nothing on the way': {},
  'a translation with a helper': helper('both'),
  TLS: { vsftpd: ['require_ssl_reuse=NO'] },
};

/** Ten pairs of faults that do not stand in each other's way, drawn by a seed. */
export function doubles(seed, count = 10) {
  const names = Object.keys(FAULTS);
  const pairs = names.flatMap((one, i) =>
    names.slice(i + 1).flatMap((other) => (apart(FAULTS[one], FAULTS[other]) ? [[one, other]] : [])),
  );
  let state = seed;
  const draw = (below) => {
    // Park and Miller's: the same pairs everywhere.
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
  return Array.from({ length: count }, () => pairs.splice(draw(pairs.length), 1)[0]);
}

/**
 * One that keeps every connection from being made hides what these would have been like; a client that cannot tell has
 * nothing to name.
 */
const HIDES_OTHERS = ['way'];

function apart(one, other) {
  if (one.kind === other.kind) return false;
  const kinds = [one.kind, other.kind];
  if (kinds.includes('address')) return kinds.includes('passive');
  // One server a time; and what stops the transfers in the clear leaves nothing to compare with.
  if (kinds.includes('tls')) return kinds.includes('passive');
  if (kinds.includes('passive')) return true;
  // EPRT's fate shows beside any port's.
  const [way] = [one, other].filter(({ kind }) => HIDES_OTHERS.includes(kind));
  const [port] = [one, other].filter(({ kind }) => kind === 'port');
  return way === FAULTS['eprt-not-rewritten'] && port.holder !== true && port.scripted === undefined;
}
