import { beginRun, parsePlan, resumeRun } from 'port20/stress';

const attemptsFile = 'transfers.ndjson';
const plan = parsePlan('{ binders: [reuse-port], blocks: 3, scenarios: [{ name: load, duration: 1s }] }');
const ending = new AbortController();
const { signal } = ending;
const begun = await beginRun('run-1', plan, { attemptsFile, signal, onBlock: () => ending.abort() });
console.log(begun.result.partial, begun.result.blocks.length);

const { result, failures } = await resumeRun('run-1', { attemptsFile });
for (const { message } of failures) console.log(message);
console.log(result.partial, result.blocks.length, result.resumed);
