// The host of a probe in one line: what one must know before comparing with another.
import type { ProbeHost } from '../../probe/types.ts';

/** `linux 6.18.5 x64 · Node v20.20.2`. */
export function probeMachineLine({ platform, kernel, arch, node }: ProbeHost): string {
  return `${platform} ${kernel} ${arch} · Node ${node}`;
}

/** With the settings of the kernel that matter: `… · tcp_timestamps=1 …`. */
export function probeHostLine(host: ProbeHost): string {
  const settings = Object.entries(host.sysctls).flatMap(([name, value]) =>
    value === null ? [] : [`${name.split('.').at(-1)}=${value.replace(' ', '–')}`],
  );
  return [probeMachineLine(host), settings.join(' ')].filter((part) => part !== '').join(' · ');
}
