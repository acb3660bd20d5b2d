// What a session under TLS costs that has ticket keys of its own (`--tls-reuse require` and `log`): CPU and memory each.
// `npx tsc -p . && node --expose-gc test/server/tls/bench-sessions.mjs`: a second.
import { throwawayCertificate } from '../../../dist/engine/throwaway-certificate.js';
import { TlsSessions } from '../../../dist/server/tls/sessions.js';

const SESSIONS = 300;
const pem = throwawayCertificate();
const kept = Array.from({ length: 20 }, () => new TlsSessions(pem)); // warms up
globalThis.gc?.();
const bytesBefore = process.memoryUsage().rss;
const before = process.cpuUsage();
for (let count = 0; count < SESSIONS; count++) kept.push(new TlsSessions(pem));
const { user, system } = process.cpuUsage(before);
const bytes = process.memoryUsage().rss - bytesBefore;
const [ms, kibibytes] = [(user + system) / 1000 / SESSIONS, bytes / 1024 / SESSIONS];
console.log(`${ms.toFixed(2)} ms of CPU and ${kibibytes.toFixed(1)} KiB for each of ${SESSIONS} sessions`);
