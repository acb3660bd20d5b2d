// Every client × feature × way, each a case on folders of its own, and what became of it.
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { UNIX_TEXT, WIRE_TEXT } from './content.mjs';
import { lay, pathsUnder, wrongWith } from './disk.mjs';
import { runSession } from './session.mjs';

/** With the family of the addresses on which each is tried. */
export const WAYS = { PORT: 4, EPRT: 6, PASV: 4, EPSV: 6 };
/** Where clients leave a listing that they do not print. */
const LISTINGS = ['list.txt', '.listing'];

const waysOf = (client) => Object.keys(WAYS).filter((name) => !client.ways[name].cannot);

/** One case for each way that the client has, or one case that proves that it lacks the means. */
export function casesOf(clients, features) {
  return clients.flatMap((client, column) => {
    const ways = waysOf(client);
    const lacking = Object.keys(WAYS).filter((name) => client.ways[name].cannot);
    const claims = lacking.map((name) => ({ client, claim: client.ways[name], wayName: name }));
    const cases = features.flatMap((feature) => {
      const steps = feature.steps.filter(([operation]) => !client.operations[operation].cannot);
      if (steps.length === 0) {
        const claim = client.operations[feature.steps[0][0]];
        return [{ client, feature, claim, wayName: ways[0] }];
      }
      // Once: in a way that is another one for the next client.
      const wanted = feature.once === undefined ? ways : [ways[(column + feature.once) % ways.length]];
      return wanted.map((wayName) => ({ client, feature, steps, wayName }));
    });
    return [...claims, ...cases];
  });
}

/**
 * @param place { number, hosts: by family, each { host, port }, root, work }
 * @returns the case with `failures` (a list of lines), `said`, and `note` of a claim that the client confirmed
 */
export async function runCase(one, place) {
  const { client, feature = {}, wayName } = one;
  const folder = `c${place.number}`;
  const [server, cwd, home] = [
    join(place.root, folder),
    join(place.work, folder),
    join(place.work, `${folder}.home`),
  ];
  await mkdir(home, { recursive: true });
  await lay(server, feature.server, feature.serverModified ?? feature.modified);
  await lay(cwd, feature.client, feature.modified);
  const way = client.ways[wayName];
  const here = { ...place.hosts[way.family ?? WAYS[wayName]], folder, way };
  const told = one.claim
    ? one.claim.told()
    : one.steps.flatMap(([operation, ...args]) => client.operations[operation](here, ...args.slice(0, -1)));
  const session = await runSession(client.processes(here, told), { cwd, home });
  const found = { ...session, server, cwd };
  const failures = one.claim ? claimFailures(one.claim, found) : await stepFailures(one, found);
  const note = one.claim?.says.exec(session.said)?.[0];
  if (session.killed) failures.unshift('hung, and was killed');
  for (const used of [server, cwd, home]) await rm(used, { recursive: true, force: true });
  return { ...one, failures, note, said: session.said };
}

function claimFailures(claim, { said }) {
  return claim.says.test(said) ? [] : [`does not say ${claim.says}, so it may know this by now`];
}

async function stepFailures({ client, feature, steps, wayName }, found) {
  const proofs = steps.map((step) => step.at(-1));
  const verbs = new Set([...found.said.matchAll(client.sent)].map(([, verb]) => verb));
  const failures = [
    ...(feature.moves ? wayFailures(wayName, verbs) : []),
    ...proofs.flatMap((proof) => sentFailures(proof, verbs)),
    ...(await serverFailures(feature, proofs, found)),
  ];
  for (const proof of proofs) {
    for (const [name, content] of Object.entries(proof.client ?? {})) {
      failures.push(prefixed('client', await wrongWith(found.cwd, name, content)));
    }
    failures.push(...(await saidFailures(proof, found)));
    failures.push(
      await textFailure(client, proof, found),
      await timeFailure(proof, found),
      await modeFailure(proof, found),
    );
  }
  return failures.filter((failure) => failure !== undefined);
}

const prefixed = (side, failure) => failure && `on the ${side}'s disk ${failure}`;

function wayFailures(wayName, verbs) {
  const used = Object.keys(WAYS).filter((name) => verbs.has(name));
  return used.length === 1 && used[0] === wayName
    ? []
    : [`used ${used.join(' and ') || 'no way'}, not ${wayName}`];
}

function sentFailures({ sent }, verbs) {
  if (sent === undefined) return [];
  const matches = typeof sent === 'string' ? (verb) => verb === sent : (verb) => sent.test(verb);
  return [...verbs].some(matches) ? [] : [`did not send ${sent}`];
}

/** Everything that lay on the server, with what the proofs change; nothing else, hidden or not, may be there. */
async function serverFailures(feature, proofs, { server, said }) {
  const expected = Object.assign({}, feature.server, ...proofs.map((proof) => proof.server ?? {}));
  const failures = [];
  for (const [name, content] of Object.entries(expected)) {
    failures.push(prefixed('server', await wrongWith(server, name, content)));
  }
  const strangers = (await pathsUnder(server)).filter((path) => !(path in expected));
  const { serverNew } = proofs.find((proof) => proof.serverNew) ?? {};
  if (serverNew !== undefined)
    failures.push(await newFailure(strangers.splice(0, 1), serverNew, server, said));
  for (const path of strangers) failures.push(`on the server's disk '${path}' is there`);
  return failures;
}

async function newFailure([name], content, server, said) {
  if (name === undefined) return 'no new file on the server';
  // RFC 1123 §4.1.2.9: the reply tells the name.
  if (!said.includes(name)) return `no reply tells the new name, '${name}'`;
  return prefixed('server', await wrongWith(server, name, content));
}

async function saidFailures({ says, orClientTime, lists, listsNot = [] }, found) {
  const failures = [];
  if (says && !orClientTime && !says.test(found.said)) failures.push(`does not say ${says}`);
  if (lists === undefined) return failures;
  const files = await Promise.all(
    LISTINGS.map((name) => readFile(join(found.cwd, name), 'utf8').catch(() => '')),
  );
  const lines = [found.output, ...files].join('\n').split(/\r?\n/);
  const listed = (name) => lines.some((line) => isListed(line, name));
  failures.push(...lists.filter((name) => !listed(name)).map((name) => `does not list '${name}'`));
  failures.push(...listsNot.filter(listed).map((name) => `lists '${name}'`));
  return failures;
}

/** At the end of a line, after a blank or alone; a folder with the slash that some clients add; not in a command. */
function isListed(line, name) {
  const bare = line.trimEnd().replace(/\/$/, '').replace(/^.*\r/, '');
  if (/^(\$|--->|<---|Cmd:|> )/.test(bare)) return false;
  return (
    bare === name || bare.endsWith(` ${name}`) || bare.startsWith(`${name} `) || bare.endsWith(`/${name}`)
  );
}

/** The text as the client stores it, and no word of the client that the wire was not as RFC 959 wants it. */
async function textFailure(client, { clientText }, { cwd, said }) {
  if (clientText === undefined) return undefined;
  if (client.warnsOf?.test(said)) return `the client warns of ${client.warnsOf}`;
  if (client.saysWireText && !said.includes(client.saysWireText)) {
    return `does not say '${client.saysWireText}'`;
  }
  const expected = client.keepsWireText ? WIRE_TEXT : UNIX_TEXT;
  return prefixed('client', await wrongWith(cwd, clientText, expected));
}

async function timeFailure({ says, orClientTime, serverTime }, { cwd, server, said }) {
  if (orClientTime === undefined && serverTime === undefined) return undefined;
  if (says?.test(said)) return undefined;
  const [folder, [name, wanted]] = orClientTime ? [cwd, orClientTime] : [server, serverTime];
  const found = await stat(join(folder, name)).catch(() => undefined);
  const at = found && Math.trunc(found.mtimeMs / 1000) * 1000;
  return at === wanted.getTime() ? undefined : `'${name}' is of ${found?.mtime.toISOString()}`;
}

async function modeFailure({ serverMode }, { server }) {
  if (serverMode === undefined) return undefined;
  const [name, wanted] = serverMode;
  const found = await stat(join(server, name)).catch(() => undefined);
  const mode = found && found.mode & 0o777;
  return mode === wanted ? undefined : `'${name}' has mode ${mode?.toString(8)}`;
}
