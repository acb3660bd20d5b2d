// How a driver says what its client is told. Every driver has one shape:
//
//   name, package, program   what it is called, what Debian calls it, and the file that runs
//   ways                     PORT, EPRT, PASV, EPSV: what selects each, and `family` where it is not the way's own
//   sent                     finds each verb that the client sent in its dialogue
//   operations               each: (case, ...arguments) to what the client is told
//   processes(case, told)    the processes that tell it: { file, args, stdin? }
//
// What a client lacks is no silence but a claim, which the run tries: the client is told so, and must say so.

/** `told`: what it is told, as an operation's result. `says`: a pattern; what matches it becomes the table's note. */
export const cannot = (told, says) => ({ cannot: true, told: () => told, says });

/** Ready for Python, JavaScript, and whoever else takes `"` and `\`. */
export const quoted = (text) => JSON.stringify(text);

/** `ANONYMOUS` logs in without a question. */
export const USER = 'anonymous';
export const PASSWORD = 'interop@example.org';
