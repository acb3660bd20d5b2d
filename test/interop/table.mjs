// The outcome of all cases as a Markdown table, client × feature, and what the clients say of what they lack.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { WAYS } from './cases.mjs';

/** ✓: in every way that the client has. ✗ and the ways that failed. –: the client lacks it. ?: it does not say so. */
export function formatTable(results, clients, features) {
  const rows = [
    ['', ...clients.map(({ name }) => name)],
    [':--', ...clients.map(() => ':-:')],
    ['ways', ...clients.map(waysCell)],
    ...features.map((feature) => [
      feature.title,
      ...clients.map((client) =>
        cell(results.filter((one) => one.client === client && one.feature === feature)),
      ),
    ]),
  ];
  return [...rows.map((cells) => `| ${cells.join(' | ')} |`), '', ...lacks(results, clients)].join('\n');
}

function waysCell({ ways }) {
  const names = Object.keys(WAYS).filter((name) => !ways[name].cannot);
  return names.length === Object.keys(WAYS).length ? 'all' : names.join(' ');
}

function cell(cases) {
  if (cases.length === 0) return '';
  const failed = cases.filter(({ failures }) => failures.length > 0);
  if (cases[0].claim) return failed.length > 0 ? '?' : '–';
  return failed.length === 0 ? '✓' : `✗ ${failed.map(({ wayName }) => wayName).join(' ')}`;
}

/** A line for each client that lacks something, with its own words. */
function lacks(results, clients) {
  return clients.flatMap((client) => {
    const notes = results.filter((one) => one.client === client && one.note).map(({ note }) => note);
    const said = [...new Set(notes)].map((note) => `\`${note.replaceAll('`', "'")}\``);
    return said.length === 0 ? [] : [`- ${client.name}: ${said.join(', ')}`];
  });
}

/** As Debian and npm number them. */
export function versionsOf(clients) {
  return clients.map((client) => `${client.name} ${versionOf(client)}`).join(', ');
}

function versionOf({ name, package: debian }) {
  if (debian === undefined) {
    const manifest = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
    return JSON.parse(readFileSync(manifest, 'utf8')).version;
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills it in
  const version = execFileSync('dpkg-query', ['-W', '-f', '${Version}', debian], { encoding: 'utf8' });
  return version.replace(/^\d+:/, '').replace(/[-+~].*$/, '');
}
