// Command lines as they can be typed again.

/** In quotes where a shell would take it for something else. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** This process's own: npx finds the program in a checkout, beside a project's packages, and where it is everybody's. */
export function commandLine(): string {
  return ['npx port20', ...process.argv.slice(2).map(withoutPassword).map(shellWord)].join(' ');
}

/** A word of a command line without the password of a URL in it: what is written down is passed on. */
function withoutPassword(word: string): string {
  return word.replace(
    URL_LOGIN,
    (_, scheme: string, user: string) => scheme + (user === '' ? '' : `${user}@`),
  );
}

/** Up to the last @ in front of the host, as a URL is read. */
const URL_LOGIN = /([a-z][\w+.-]*:\/\/)([^:/?#\\]*)(?::[^/?#\\]*)?@/gi;
