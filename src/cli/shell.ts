// Command lines as they can be typed again.

/** In quotes where a shell would take it for something else. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** This process's own. */
export function commandLine(): string {
  return ['port20', ...process.argv.slice(2).map(shellWord)].join(' ');
}
