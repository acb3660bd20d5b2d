#!/usr/bin/env node
// Watches a run in headless Chromium: the page moves, takes new reports in place, and survives a lost connection.
//   test/report/html/in-browser-live [--pictures FOLDER]     needs dist/
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { problemsOf, startBrowser } from './devtools.mjs';
import { LAYOUT } from './layout.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const VIEWS = [1280, 800, 400].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));
const LIMIT_MS = 300_000;
const {
  values: { pictures: PICTURES },
} = parseArgs({ options: { pictures: { type: 'string' } } });

const load = (path) => import(pathToFileURL(join(ROOT, 'dist', path)));
const { startDashboard } = await load('live/dashboard.js');
const { readRunResult } = await load('result/read.js');
const RESULT = readRunResult(JSON.parse(readFileSync(join(ROOT, 'fixtures/results/format-1.json'), 'utf8')));
const PLAN = RESULT.requested;
/** As after the first blocks of the plan, which had fewer scenarios to show. */
const FIRST = PLAN.scenarios[0].name;
const SO_FAR = {
  ...{ ...RESULT, partial: true, endedBy: 'interrupt' },
  blocks: RESULT.blocks.filter(({ scenario }) => scenario === FIRST),
  strategies: RESULT.strategies.filter(({ scenario }) => scenario === FIRST),
  comparisons: RESULT.comparisons.filter(({ scenario }) => scenario === FIRST),
};
const ALL_SO_FAR = { ...RESULT, partial: true, endedBy: 'interrupt' };

const progress = (offered, blocksDone = 3) => ({
  ...{ blocksDone, blocksTotal: RESULT.blocks.length, scenario: FIRST, contestant: PLAN.binders[0] },
  ...{ elapsedMs: 20_000, remainingMs: 65_000, offered },
  own: { finished: offered, failed: Math.round(offered / 7) },
});

/** In the page. */
const TEXT = (selector) => `(document.querySelector(${JSON.stringify(selector)})?.textContent ?? '')`;
const STATE = TEXT('#live-state');
const DASHES = `[...document.querySelectorAll('[data-live]')]
  .filter((place) => place.textContent === '–' && getComputedStyle(place).visibility !== 'hidden').length`;
const OFFERED = TEXT('[data-live=offered]');
const VERDICT = `document.querySelector('.verdict .about')?.textContent + '|' +
  document.querySelectorAll('.verdict p:not(.about)').length`;
const UNTIL = (condition) =>
  `new Promise((resolve) => { const look = () => (${condition}) ? resolve() : setTimeout(look, 20); look(); })`;
const KEPT = `({
  top: Math.round(document.querySelector('#environment').getBoundingClientRect().top),
  open: document.querySelectorAll('#report details[open]').length,
  focused: document.activeElement.closest('#reproduce') !== null,
})`;
const SHAPE = `({
  bar: document.getElementById('live').getBoundingClientRect().height,
  top: document.getElementById('live').getBoundingClientRect().top,
})`;

/** Between the browser and the dashboards, so that connections can be lost and a second run comes to the same port. */
async function startCable() {
  const sockets = new Set();
  let url;
  const server = createServer((near) => {
    if (url === undefined) return void near.destroy();
    const far = connect({ host: url.hostname, port: Number(url.port) });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ]) {
      sockets.add(one);
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    plug(to) {
      url = new URL(to);
    },
    pull() {
      url = undefined;
      for (const socket of sockets) socket.destroy();
      sockets.clear();
    },
  };
}

const browser = startBrowser({ limitMs: LIMIT_MS, fail: (reason) => fail(reason) });
const cable = await startCable();

async function check(view) {
  const problems = [];
  const must = (holds, words) => {
    if (!holds) problems.push(words);
  };
  const listen = { address: '127.0.0.1', port: 0 };
  const run = await startDashboard({ listen, plan: PLAN });
  cable.plug(run.url);
  const page = await browser.open(view);
  const until = (condition) => page.evaluate(UNTIL(condition));
  const picture = async (name) => {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    const { data } = await page.send('Page.captureScreenshot', { format: 'png' });
    writeFileSync(join(PICTURES, `${view.width}-${view.scheme}-${name}.png`), Buffer.from(data, 'base64'));
  };
  const measure = async (when, hasReport = true) => {
    const { bar, top } = await page.evaluate(SHAPE);
    const { problems: found } = await page.evaluate(LAYOUT);
    problems.push(
      ...found.filter((one) => hasReport || one !== 'no contents').map((one) => `${when}: ${one}`),
    );
    must((await page.evaluate(DASHES)) === 0, `${when}: the bar shows numbers that there are none of`);
    must(top === 0, `${when}: the bar is at ${top}, not at the top`);
    must(bar < 200, `${when}: the bar is ${bar} px high`);
  };

  await page.navigate(cable.url);
  await until(`${STATE} === 'Running'`);
  must(/first block/.test(await page.evaluate(TEXT('main'))), 'does not say that it waits');
  await measure('before the first block', false);
  await picture('1-waiting');

  run.showProgress(progress(1000));
  await until(`${OFFERED} === '1 000'`);
  run.showProgress(progress(2345));
  await until(`${OFFERED} === '2 345'`);
  must((await page.evaluate('document.title')).startsWith('4/'), 'does not tell the block in its title');

  run.showResult(SO_FAR);
  await until(`document.querySelector('#verdict') !== null`);
  must(
    (await page.evaluate(VERDICT)) === 'After 24 of 48 blocks|1',
    'the verdict is not one sentence that says how far the run is',
  );
  await measure('after some blocks');
  await picture('2-report');
  await page.evaluate(`(() => {
    document.querySelector('#reproduce details').open = true;
    document.querySelector('figure details').open = true;
    document.querySelector('#reproduce pre').focus({ preventScroll: true });
    document.querySelector('#environment').scrollIntoView({ behavior: 'instant' });
    scrollBy({ top: -20, behavior: 'instant' });
  })()`);
  const before = await page.evaluate(KEPT);
  const height = await page.evaluate('document.body.scrollHeight');
  // The next report comes as soon as drawing has rested; meanwhile the run goes on.
  const old = await page.evaluate(`${TEXT('#strategies')}.length`);
  const showing = setInterval(() => run.showResult({ ...ALL_SO_FAR }), 100);
  await until(`${TEXT('#strategies')}.length > ${old}`);
  clearInterval(showing);
  const after = await page.evaluate(KEPT);
  must((await page.evaluate('document.body.scrollHeight')) > height, 'the second report is not longer');
  must(Math.abs(after.top - before.top) <= 1, `what was read went from ${before.top} to ${after.top} px`);
  must(after.open === 2, `${after.open} details are open, not 2`);
  must(after.focused, 'the focus was lost');
  await measure('in the middle');
  await picture('3-in-the-middle');
  problems.push(...problemsOf(page.events, (url) => url.startsWith(cable.url) || url === 'data:,'));

  cable.pull();
  await until(`${STATE} === 'Connection lost, retrying'`);
  run.showProgress(progress(7777));
  await picture('4-lost');
  cable.plug(run.url);
  await until(`${STATE} === 'Running' && ${OFFERED} === '7 777'`);

  cable.pull();
  await run.close();
  const second = await startDashboard({ listen, plan: { ...PLAN, name: 'the second run' } });
  const reloaded = page.loaded();
  cable.plug(second.url);
  await reloaded;
  await until(`document.querySelector('h1').textContent.endsWith('the second run')`);
  await until(`${STATE} === 'Running'`);
  page.events.length = 0;
  second.showResult(ALL_SO_FAR);
  await until(`document.querySelector('#verdict') !== null`);
  second.showProgress(progress(9999, RESULT.blocks.length));
  second.showResult(RESULT);
  await second.close();
  await until(`${STATE} === 'The run is over; this page is no longer served'`);
  must((await page.evaluate(OFFERED)) === '9 999', 'does not show the last numbers');
  await measure('when the run is over');
  await picture('5-over');
  problems.push(...problemsOf(page.events, (url) => url.startsWith(cable.url)));
  await page.close();
  cable.pull();
  return problems;
}

function fail(reason) {
  console.error(`in-browser-live: ${reason}`);
  browser.end(1);
}

let failed = 0;
for (const view of VIEWS) {
  const problems = await check(view);
  if (problems.length > 0) failed += 1;
  const name = `${view.width} px, ${view.scheme}`;
  console.log(
    problems.length === 0 ? `ok      ${name}` : `FAILED  ${name}: ${[...new Set(problems)].join('; ')}`,
  );
}
console.log(`${VIEWS.length - failed} passed, ${failed} failed`);
browser.end(failed === 0 ? 0 : 1);
