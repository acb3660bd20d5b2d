// What is under way when its server is closed fails with this.

export function closingError(): Error {
  return Object.assign(new Error('the server is closing'), { code: 'ECANCELED' });
}
