// Command lines as they can be typed again.

/** In quotes where a shell would take it for something else. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** This process's own: npx finds the program in a checkout, beside a project's packages, and where it is everybody's. */
export function commandLine(): string {
  return ['npx port20', ...process.argv.slice(2).map(shellWord)].join(' ');
}
