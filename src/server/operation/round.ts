// Times as a log tells them: to the microsecond, which is as exact as they are.

export function roundMs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}
