// The local port of active data connections.

/** L-1, one below the control port, unless another one is set. RFC 959 §3.2. */
export function dataPortOf(
  { dataPort }: { readonly dataPort?: number | undefined },
  controlPort: number,
): number {
  return dataPort ?? controlPort - 1;
}
