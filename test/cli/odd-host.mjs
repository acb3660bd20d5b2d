// Runs command lines for odd.mjs, one after another in one process, and tells what each wrote and its exit status.
import { runCommandLine } from '../../dist/cli/command-line.js';

process.on('message', async ({ args, folder, env }) => {
  const written = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr']) {
    process[stream].write = (text, done) => {
      written[stream] += text;
      done?.();
      return true;
    };
  }
  process.chdir(folder);
  process.env = env;
  const status = await runCommandLine(args);
  process.send({ status, ...written });
});
process.on('disconnect', () => process.exit());
