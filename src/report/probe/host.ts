// The host of a probe in one line: what one must know before comparing with another.
import type { ProbeHost } from '../../probe/types.ts';

/** `linux 6.18.5 x64 · Node v20.20.2 · tcp_timestamps=1 …`. */
export function probeHostLine({ platform, kernel, arch, node, sysctls }: ProbeHost): string {
  const settings = Object.entries(sysctls).flatMap(([name, value]) =>
    value === null ? [] : [`${name.split('.').at(-1)}=${value.replace(' ', '–')}`],
  );
  return [`${platform} ${kernel} ${arch}`, `Node ${node}`, settings.join(' ')]
    .filter((part) => part !== '')
    .join(' · ');
}
