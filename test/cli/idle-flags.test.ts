// Flags that would be passed over in silence are refused by name; odd.mjs has more of them.
import { expect, it } from '@jest/globals';
import { expectOneLine, run } from './port20.ts';

it.each([
  ['probe --patience 5s', /^port20: --patience has no effect without a server: name one, such as ftp:/],
  ['probe --sessions 5', /^port20: --sessions has no effect without --doctor$/m],
  ['probe --format md --json', /^port20: --format has no effect with --json, which is another format/],
  ['stress --password-file x --dry-run', /^port20: --password-file has no effect without a target/],
  ['stress --print-plan --out x', /^port20: --out has no effect with --print-plan/],
  [
    'stress --binder reuse-port --time-unit 5ms --dry-run',
    /^port20: --time-unit has no effect where nothing retries/,
  ],
  [
    'stress --abort-after 3 --dry-run',
    /^port20: --abort-after has no effect without a threshold that ends a run/,
  ],
  ['serve --binder ephemeral --data-port 2000', /^port20: --data-port has no effect with --binder ephemeral/],
])('%s', async (line, message) => expectOneLine(await run(line.split(' ')), 2, message));

it('what a variable says is for many commands, and may be idle in one', async () => {
  const { status } = await run(['stress', '--print-plan'], { env: { PORT20_OUT: 'x', PORT20_QUIET: '1' } });
  expect(status).toBe(0);
});
