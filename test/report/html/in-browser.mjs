#!/usr/bin/env node
// Opens reports in headless Chromium from file://, in both themes and widths: no request, no error, nothing cut off.
//   test/report/html/in-browser [REPORT.html …]     without one: the report of fixtures/results/format-1.json (needs dist/)
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { problemsOf, startBrowser } from './devtools.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const VIEWS = [1100, 820, 400].flatMap((width) => ['light', 'dark'].map((scheme) => ({ width, scheme })));
const LIMIT_MS = 120_000;

/** Runs in the page: words that stick out of it, and whether it scrolls sideways. */
const MEASURE = `(() => {
  const shown = [...document.querySelectorAll('svg text')].filter((text) => text.getBoundingClientRect().width > 0);
  const outside = shown.filter((text) => {
    const { left, right } = text.getBoundingClientRect();
    return left < 0 || right > innerWidth;
  });
  return {
    charts: [...document.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0).length,
    all: document.querySelectorAll('svg').length,
    sideways: document.documentElement.scrollWidth > innerWidth,
    outside: outside.map((text) => text.textContent),
    background: getComputedStyle(document.body).backgroundColor,
  };
})()`;

const browser = startBrowser({ limitMs: LIMIT_MS, fail });

async function check(url, view) {
  const page = await browser.open(view);
  await page.send('Network.emulateNetworkConditions', {
    ...{ offline: true, latency: 0, downloadThroughput: 0, uploadThroughput: 0 },
  });
  await page.navigate(url);
  const seen = await page.evaluate(MEASURE);
  await page.close();
  return [...problemsOf(page.events, (one) => one === url), ...problemsSeen(seen, view.scheme)];
}

function problemsSeen({ charts, all, sideways, outside, background }, scheme) {
  return [
    ...(2 * charts === all && charts > 0
      ? []
      : [`${charts} of ${all} drawings are shown, not one of each two`]),
    ...(sideways ? ['scrolls sideways'] : []),
    ...outside.map((text) => `cut off: ${text}`),
    ...((background === 'rgb(255, 255, 255)') === (scheme === 'light') ? [] : [`background ${background}`]),
  ];
}

async function reports() {
  if (process.argv.length > 2) return process.argv.slice(2).map((path) => resolve(path));
  const { formatHtml } = await import(pathToFileURL(join(ROOT, 'dist/report/html/page.js')));
  const { readRunResult } = await import(pathToFileURL(join(ROOT, 'dist/result/read.js')));
  const result = readRunResult(
    JSON.parse(readFileSync(join(ROOT, 'fixtures/results/format-1.json'), 'utf8')),
  );
  const path = join(browser.scratch, 'report.html');
  writeFileSync(path, formatHtml(result));
  return [path];
}

function fail(reason) {
  console.error(`in-browser: ${reason}`);
  browser.end(1);
}

let failed = 0;
let passed = 0;
for (const path of await reports()) {
  for (const view of VIEWS) {
    const problems = await check(pathToFileURL(path).href, view);
    const name = `${path.startsWith(browser.scratch) ? 'fixture' : path}, ${view.width} px, ${view.scheme}`;
    if (problems.length === 0) passed += 1;
    else failed += 1;
    console.log(
      problems.length === 0 ? `ok      ${name}` : `FAILED  ${name}: ${[...new Set(problems)].join('; ')}`,
    );
  }
}
console.log(`${passed} passed, ${failed} failed`);
browser.end(failed === 0 ? 0 : 1);
