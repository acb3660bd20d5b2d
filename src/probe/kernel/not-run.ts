// What an experiment throws on a host that lacks something it needs.

/** The experiment cannot be made here; the message is what it needs. */
export class NotRun extends Error {
  override readonly name = 'NotRun';
  constructor(needs: string, options?: ErrorOptions) {
    super(`needs ${needs}`, options);
  }
}
