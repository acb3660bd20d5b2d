// In the guest: runs the questions one after the other and writes each answer as a line of JSON.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const { patienceMs, questions } = JSON.parse(readFileSync('/lab/questions.json', 'utf8'));

for (const { name, command, answerIn } of questions) {
  const startMs = performance.now();
  const [file, ...args] = command;
  const run = spawnSync(file, args, { encoding: 'utf8', timeout: patienceMs, maxBuffer: 2 ** 28 });
  const seconds = (performance.now() - startMs) / 1000;
  const answer = answerIn !== undefined && existsSync(answerIn) ? readFileSync(answerIn, 'utf8') : run.stdout;
  const problem = run.error === undefined ? run.stderr : `${run.error.message}\n${run.stderr}`;
  process.stdout.write(`${JSON.stringify({ name, status: run.status, seconds, answer, problem })}\n`);
  process.stderr.write(
    `${name}: status ${run.status} after ${seconds.toFixed(1)} s\n${problem.slice(-2000)}`,
  );
}
