#!/usr/bin/env node
// Opens reports in headless Chromium from file://, in both themes and widths: no request, no error, nothing cut off.
//   test/report/html/in-browser [REPORT.html …]     without one: the report of fixtures/results/format-1.json (needs dist/)
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const CHROMIUM = process.env.CHROMIUM ?? 'chromium';
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

const scratch = mkdtempSync(join(tmpdir(), 'port20-browser-'));
// --no-sandbox: as root, in CI, Chromium has none. The pages are our own.
const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--remote-debugging-pipe',
  `--user-data-dir=${scratch}/profile`,
];
const browser = spawn(CHROMIUM, [...flags, 'about:blank'], {
  stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
});
const limit = setTimeout(() => fail(`not done after ${LIMIT_MS} ms`), LIMIT_MS);
browser.on('error', (error) => fail(`${CHROMIUM}: ${error.message}`));

const replies = new Map();
const events = [];
let listeners = [];
let lastId = 0;
let pending = '';

// DevTools protocol over a pipe: messages end with NUL.
browser.stdio[4].on('data', (chunk) => {
  const messages = (pending + chunk).split('\0');
  pending = messages.pop() ?? '';
  for (const message of messages.map((text) => JSON.parse(text))) {
    if (message.id === undefined) {
      events.push(message);
      for (const listener of listeners) listener(message);
    } else {
      const reply = replies.get(message.id);
      if (message.error) fail(`${reply.method}: ${message.error.message}`);
      else reply.resolve(message.result);
    }
  }
});

function send(method, params = {}, sessionId = undefined) {
  lastId += 1;
  browser.stdio[3].write(`${JSON.stringify({ id: lastId, method, params, sessionId })}\0`);
  return new Promise((resolved) => replies.set(lastId, { method, resolve: resolved }));
}

function next(method) {
  return new Promise((resolved) => {
    const listener = (message) => {
      if (message.method !== method) return;
      listeners = listeners.filter((one) => one !== listener);
      resolved(message.params);
    };
    listeners.push(listener);
  });
}

async function check(url, { width, scheme }) {
  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const page = (method, params) => send(method, params, sessionId);
  await Promise.all(['Page', 'Network', 'Runtime', 'Log'].map((domain) => page(`${domain}.enable`)));
  await page('Network.emulateNetworkConditions', {
    offline: true,
    latency: 0,
    downloadThroughput: 0,
    uploadThroughput: 0,
  });
  await page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
  await page('Emulation.setDeviceMetricsOverride', {
    width,
    height: 900,
    deviceScaleFactor: 1,
    mobile: width < 600,
  });
  events.length = 0;
  const loaded = next('Page.loadEventFired');
  await page('Page.navigate', { url });
  await loaded;
  const { result } = await page('Runtime.evaluate', { expression: MEASURE, returnByValue: true });
  const problems = [...problemsOf(events, url), ...problemsSeen(result.value, scheme)];
  await send('Target.closeTarget', { targetId });
  return problems;
}

function problemsOf(messages, url) {
  const of = (method) => messages.filter((message) => message.method === method).map(({ params }) => params);
  return [
    ...of('Network.requestWillBeSent')
      .map(({ request }) => request.url)
      .filter((one) => one !== url)
      .map((one) => `requested ${one}`),
    ...of('Log.entryAdded').map(({ entry }) => `logged: ${entry.text}`),
    ...of('Runtime.consoleAPICalled').map(() => 'wrote to the console'),
    ...of('Runtime.exceptionThrown').map(({ exceptionDetails }) => `threw: ${exceptionDetails.text}`),
  ];
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
  const { upgrade1 } = await import(pathToFileURL(join(ROOT, 'dist/stress/format-1.js')));
  const result = upgrade1(JSON.parse(readFileSync(join(ROOT, 'fixtures/results/format-1.json'), 'utf8')));
  const path = join(scratch, 'report.html');
  writeFileSync(path, formatHtml(result));
  return [path];
}

function fail(reason) {
  console.error(`in-browser: ${reason}`);
  end(1);
}

function end(status) {
  clearTimeout(limit);
  browser.once('exit', () => {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
    process.exit(status);
  });
  if (browser.pid === undefined || !browser.kill()) process.exit(status);
}

let failed = 0;
let passed = 0;
for (const path of await reports()) {
  for (const view of VIEWS) {
    const problems = await check(pathToFileURL(path).href, view);
    const name = `${path.startsWith(scratch) ? 'fixture' : path}, ${view.width} px, ${view.scheme}`;
    if (problems.length === 0) passed += 1;
    else failed += 1;
    console.log(
      problems.length === 0 ? `ok      ${name}` : `FAILED  ${name}: ${[...new Set(problems)].join('; ')}`,
    );
  }
}
console.log(`${passed} passed, ${failed} failed`);
end(failed === 0 ? 0 : 1);
