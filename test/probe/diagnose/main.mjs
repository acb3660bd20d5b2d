// `port20 diagnose` put to scripted faults, in network namespaces: a client, a router, a server. As root, with nft and ip.
//   node test/probe/diagnose/main.mjs [--only NAME] [--seed N]
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { debianProgram } from '../../../dist/peers/packages.js';
import { Lab } from '../../support/lab.mjs';
import { doubles, FAULTS, HEALTHY } from './faults.mjs';

const { values } = parseArgs({
  options: { only: { type: 'string' }, seed: { type: 'string', default: '17' } },
});
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const PORT20 = here('../../../dist/cli/main.js');
const root = mkdtempSync(join(tmpdir(), 'port20-diagnose-'));
chmodSync(root, 0o755); // vsftpd serves it as another user
writeFileSync(join(root, 'small'), 'ten bytes\n');

const HOLDER = `require('node:net').createServer().listen(2120, '10.77.2.2', () => process.stderr.write('listening\\n'))`;

const VSFTPD = `background=NO
listen=YES
listen_address=10.77.2.2
listen_port=2121
connect_from_port_20=YES
ftp_data_port=2120
anonymous_enable=YES
no_anon_password=YES
allow_anon_ssl=YES
force_anon_logins_ssl=NO
force_anon_data_ssl=NO
ftp_username=daemon
anon_root=${root}
secure_chroot_dir=${root}
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
tcp_wrappers=NO
xferlog_enable=NO
ssl_enable=YES
ssl_ciphers=HIGH
rsa_cert_file=${here('../certificate.pem')}
rsa_private_key_file=${here('../certificate.pem')}
`;

/** As Debian has it, unpacked and not installed. */
async function startVsftpd(lab, lines) {
  const { file, env } = await debianProgram('vsftpd', 'usr/sbin/vsftpd');
  const folder = mkdtempSync(join(tmpdir(), 'port20-diagnose-'));
  const config = join(folder, 'vsftpd.conf');
  writeFileSync(config, `${VSFTPD}${lines.join('\n')}\n`, { mode: 0o600 });
  try {
    await lab.startSilent('server', env, file, config);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function arranged(lab, faults) {
  const all = (key) => faults.flatMap((fault) => fault[key] ?? []);
  for (const setting of all('sysctls')) lab.run('server', 'sysctl', '-qw', setting);
  for (const address of all('addresses')) lab.run('client', 'ip', 'addr', 'add', address, 'dev', 'e0');
  const scripted = all('scripted');
  const vsftpd = all('vsftpd');
  if (vsftpd.length > 0) await startVsftpd(lab, vsftpd);
  else if (scripted.length > 0)
    await lab.start(
      'server',
      process.execPath,
      here('scripted.mjs'),
      '10.77.2.2',
      '2121',
      scripted.join(','),
    );
  else {
    const flags = ['--listen', '10.77.2.2:2121', '--root', root, '--connect-timeout', '3s', ...all('server')];
    await lab.start('server', process.execPath, PORT20, 'serve', ...flags);
  }
  if (faults.some(({ holder }) => holder)) await lab.start('server', process.execPath, '-e', HOLDER);
  const [translator] = faults.flatMap((fault) => (fault.translator === undefined ? [] : [fault.translator]));
  if (translator !== undefined)
    await lab.start('router', process.execPath, here('translator.mjs'), ...translator);
  faults.forEach(({ router = [], client = [] }, i) => {
    for (const rules of router) lab.rules('router', rules.replace('inet lab', `inet lab${i}`));
    for (const rules of client) lab.rules('client', rules);
  });
}

/** Blind: the diagnosis is told nothing but the server's URL. */
async function diagnosed(faults) {
  const lab = new Lab();
  try {
    await arranged(lab, faults);
    const args = [PORT20, 'diagnose', 'ftp://10.77.2.2:2121', '--i-own-this-server', '--json'];
    const { out, err } = await lab.output('client', process.execPath, ...args);
    if (out === '') throw new Error(err);
    return JSON.parse(out);
  } finally {
    lab.end();
  }
}

const idOf = (name) => FAULTS[name].names ?? name;
let failed = 0;

async function check(what, faults, wanted) {
  const { findings, transfers } = await diagnosed(faults).catch((error) => {
    console.log(`${what}: ${error.message}`);
    return { findings: [{ ids: ['not diagnosed'] }], transfers: 0 };
  });
  const found = findings.map(({ ids }) => ids);
  const missing = wanted.filter((id) => !found.some((ids) => ids.includes(id)));
  const more = found.filter((ids) => !ids.some((id) => wanted.includes(id)));
  const right = missing.length === 0 && more.length === 0 && transfers <= 30;
  if (!right) failed += 1;
  console.log(
    `${right ? 'named ' : 'WRONG '} ${what}: ${found.map((ids) => ids.join(' or ')).join('; ') || 'nothing found'} (${transfers} transfers)`,
  );
  if (!right) console.log(JSON.stringify(findings, null, 1));
}

try {
  const wanted = (name) => values.only === undefined || name.includes(values.only);
  const jobs = [
    ...Object.entries(HEALTHY).map(([name, way]) => [name, [way], []]),
    ...Object.entries(FAULTS).map(([name, fault]) => [name, [fault], [idOf(name)]]),
    ...doubles(Number(values.seed)).map((pair) => [
      pair.join(' + '),
      pair.map((name) => FAULTS[name]),
      pair.map(idOf),
    ]),
  ].filter(([name]) => wanted(name));
  // Four at a time: they wait more than they work.
  const next = async () => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await check(...job);
  };
  await Promise.all([next(), next(), next(), next()]);
} finally {
  rmSync(root, { recursive: true });
}
if (failed > 0) {
  console.log(`${failed} not named as they should be`);
  process.exitCode = 1;
}
