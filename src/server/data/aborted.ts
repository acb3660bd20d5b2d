// What a transfer fails with when its session ends it.

export function abortedError(): Error {
  return Object.assign(new Error('transfer aborted'), { code: 'ABORTED' });
}
