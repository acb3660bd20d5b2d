#!/usr/bin/env node
// Opens reports in headless Chromium from file://, at three widths, in both themes and on paper: no request, no error,
// nothing cut off, broken or upon another, and no longer than it may be.
//   test/report/html/in-browser [--pictures FOLDER] [REPORT.html …]     without one: those of fixtures/results, and one that is crowded (needs dist/)
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { problemsOf, startBrowser } from './devtools.mjs';
import { LAYOUT, UNOPENED } from './layout.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const VIEWS = [1280, 800, 400].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));
/** Of A4 between its margins. */
const PAPER_PX = 695;
const LIMIT_MS = 240_000;
/**
 * Half of what the report of build 58659c4 took: of these results it was 7039, 10174 and 10761 px high at 1280 px, and 10,
 * 13 and 13 pages long.
 */
const BOUNDS = {
  'format-1': { heightPx: 3519, pages: 5 },
  'format-2': { heightPx: 5087, pages: 6 },
  'format-3': { heightPx: 5380, pages: 6 },
};

const {
  values: { pictures },
  positionals,
} = parseArgs({ options: { pictures: { type: 'string' } }, allowPositionals: true });

const browser = startBrowser({ limitMs: LIMIT_MS, fail });

async function reports() {
  if (positionals.length > 0) {
    return positionals.map((path) => ({
      name: basename(path, '.html'),
      path: resolve(path),
      bounds: undefined,
    }));
  }
  const { formatHtml } = await import(pathToFileURL(join(ROOT, 'dist/report/html/page.js')));
  const { readRunResult } = await import(pathToFileURL(join(ROOT, 'dist/result/read.js')));
  return Object.entries({ ...BOUNDS, crowded: undefined }).map(([name, bounds]) => {
    const file = name === 'crowded' ? 'format-3' : name;
    const json = readFileSync(join(ROOT, `fixtures/results/${file}.json`), 'utf8');
    const result = readRunResult(JSON.parse(json));
    return written(name, formatHtml(name === 'crowded' ? crowded(result) : result), bounds);
  });
}

function written(name, html, bounds) {
  const path = join(browser.scratch, `${name}.html`);
  writeFileSync(path, html);
  return { name, path, bounds };
}

/** The same with twice the contestants, three times the scenarios, names that are too long, and failures of many kinds. */
function crowded(result) {
  const failures = {
    'bind.EADDRINUSE': 1,
    'connect.ETIMEDOUT': 1,
    'timeout.reply': 1,
    'reply.550': 1,
    corrupted: 1,
  };
  const one = (of, scenario, contestant) => ({
    ...of,
    scenario: `${of.scenario}-under-a-load-of-kind-${scenario}`,
    ...(of.failed > 4 ? { failures: { ...failures, 'bind.EADDRINUSE': of.failed - 4 } } : {}),
    ...Object.fromEntries(
      ['contestant', 'candidate', 'baseline'].flatMap((key) =>
        of[key] === undefined
          ? []
          : [[key, contestant === 1 ? of[key] : `${of[key]}.a-long-name.example.org:${21210 + contestant}`]],
      ),
    ),
  });
  const every = (all) =>
    [1, 2, 3].flatMap((scenario) =>
      [1, 2].flatMap((contestant) => all.map((of) => one(of, scenario, contestant))),
    );
  const { requested } = result;
  return {
    ...result,
    ...{
      blocks: every(result.blocks),
      strategies: every(result.strategies),
      comparisons: every(result.comparisons),
    },
    requested: {
      ...requested,
      scenarios: [1, 2, 3].flatMap((kind) =>
        requested.scenarios.map((of) => ({ ...of, name: `${of.name}-under-a-load-of-kind-${kind}` })),
      ),
    },
  };
}

async function opened(url, view) {
  const page = await browser.open(view);
  await page.send('Network.emulateNetworkConditions', {
    ...{ offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 },
  });
  await page.navigate(url);
  return page;
}

/** On a screen: with all details shut, then with all of them open. */
async function onScreen({ name, path, bounds }, view) {
  const url = pathToFileURL(path).href;
  const page = await opened(url, view);
  const shut = await page.evaluate(LAYOUT);
  keep(`${name}-${view.width}-${view.scheme}.png`, await page.picture());
  await page.evaluate(`document.querySelectorAll('details').forEach((one) => { one.open = true; })`);
  const open = await page.evaluate(LAYOUT);
  await page.close();
  const isLight = shut.background === 'rgb(255, 255, 255)';
  return {
    words: `${shut.heightPx} px, ${shut.drawings} drawings`,
    problems: [
      ...problemsOf(page.events, (one) => one === url),
      ...shut.problems,
      ...open.problems,
      ...(shut.drawings > 0 ? [] : ['no drawing']),
      ...(isLight === (view.scheme === 'light') ? [] : [`background ${shut.background}`]),
      ...(view.width === 1280 ? tooMuch(shut.heightPx, bounds?.heightPx, 'px') : []),
    ],
  };
}

/** On paper, from a page in the dark: it must come out light all the same. */
async function onPaper({ name, path, bounds }) {
  const page = await opened(pathToFileURL(path).href, { width: PAPER_PX, scheme: 'dark' });
  const pdf = await page.print();
  await page.send('Emulation.setEmulatedMedia', { media: 'print' });
  const { problems, background, widestPx } = await page.evaluate(LAYOUT);
  const unopened = await page.evaluate(UNOPENED);
  keep(`${name}-paper.pdf`, pdf);
  keep(`${name}-paper.png`, await page.picture());
  await page.close();
  const pages = pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)?.length ?? 0;
  return {
    words: `${pages} pages`,
    problems: [
      ...problems,
      ...unopened,
      ...(background === 'rgb(255, 255, 255)' ? [] : [`background ${background}`]),
      ...tooMuch(widestPx, PAPER_PX, 'px of a table'),
      ...tooMuch(pages, bounds?.pages, 'pages'),
    ],
  };
}

function tooMuch(found, bound = Number.POSITIVE_INFINITY, unit) {
  return found <= bound ? [] : [`${found} ${unit}, not ${bound} at most`];
}

function keep(name, bytes) {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  writeFileSync(join(pictures, name), bytes);
}

function fail(reason) {
  console.error(`in-browser: ${reason}`);
  browser.end(1);
}

const verdicts = [];
function tell(name, { words, problems }) {
  verdicts.push(problems.length === 0);
  const found = [...new Set(problems)].join('; ');
  console.log(problems.length === 0 ? `ok      ${name}: ${words}` : `FAILED  ${name}: ${found}`);
}

for (const report of await reports()) {
  for (const view of VIEWS) {
    tell(`${report.name}, ${view.width} px, ${view.scheme}`, await onScreen(report, view));
  }
  tell(`${report.name}, on paper`, await onPaper(report));
}
const passed = verdicts.filter(Boolean).length;
console.log(`${passed} passed, ${verdicts.length - passed} failed`);
browser.end(passed === verdicts.length ? 0 : 1);
