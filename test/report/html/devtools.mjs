// Headless Chromium over the DevTools protocol, for the checks that need a real browser.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CHROMIUM = process.env.CHROMIUM ?? 'chromium';

/**
 * A browser with a profile of its own. `fail` is told what went wrong, also when `stop` was not called in `limitMs`.
 * `open` gives a page of that width and colour scheme: `send` (a DevTools command), `evaluate` (an expression or a
 * promise in the page), `navigate`, `loaded` (the next time), `events` (what the page told), `picture` (PNG), `print` (PDF)
 * and `close`.
 */
export function startBrowser({ limitMs, fail }) {
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
  const limit = setTimeout(() => fail(`not done after ${limitMs} ms`), limitMs);
  browser.on('error', (error) => fail(`${CHROMIUM}: ${error.message}`));

  const replies = new Map();
  const listeners = new Set();
  let lastId = 0;
  let pending = '';

  // Messages end with NUL.
  browser.stdio[4].on('data', (chunk) => {
    const messages = (pending + chunk).split('\0');
    pending = messages.pop() ?? '';
    for (const message of messages.map((text) => JSON.parse(text))) {
      if (message.id === undefined) {
        for (const listener of [...listeners]) listener(message);
      } else {
        const reply = replies.get(message.id);
        replies.delete(message.id);
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
        listeners.delete(listener);
        resolved(message.params);
      };
      listeners.add(listener);
    });
  }

  async function open({ width, scheme }) {
    const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
    const page = (method, params) => send(method, params, sessionId);
    await Promise.all(['Page', 'Network', 'Runtime', 'Log'].map((domain) => page(`${domain}.enable`)));
    await page('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
    await page('Emulation.setDeviceMetricsOverride', {
      ...{ width, height: 900, deviceScaleFactor: 1, mobile: width < 600 },
    });
    const events = [];
    const collect = (message) => {
      if (message.sessionId === sessionId) events.push(message);
    };
    listeners.add(collect);
    const loaded = () => next('Page.loadEventFired');
    return {
      send: page,
      events,
      loaded,
      async navigate(url) {
        const done = loaded();
        await page('Page.navigate', { url });
        await done;
      },
      async evaluate(expression) {
        const { result, exceptionDetails } = await page('Runtime.evaluate', {
          ...{ expression, returnByValue: true, awaitPromise: true },
        });
        if (exceptionDetails) fail(exceptionDetails.exception?.description ?? exceptionDetails.text);
        return result.value;
      },
      /** Of the whole page, as PNG. */
      async picture() {
        const { cssContentSize } = await page('Page.getLayoutMetrics');
        const clip = { x: 0, y: 0, width: cssContentSize.width, height: cssContentSize.height, scale: 1 };
        const { data } = await page('Page.captureScreenshot', {
          ...{ format: 'png', captureBeyondViewport: true, clip },
        });
        return Buffer.from(data, 'base64');
      },
      /** On A4, as PDF. */
      async print() {
        const { data } = await page('Page.printToPDF', {
          ...{ preferCSSPageSize: true, printBackground: true, paperWidth: 8.27, paperHeight: 11.69 },
        });
        return Buffer.from(data, 'base64');
      },
      async close() {
        listeners.delete(collect);
        await send('Target.closeTarget', { targetId });
      },
    };
  }

  /** Ends the browser, then the process. */
  function end(status) {
    clearTimeout(limit);
    browser.once('exit', () => {
      rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
      process.exit(status);
    });
    if (browser.pid === undefined || !browser.kill()) process.exit(status);
  }

  return { open, end, scratch };
}

/** What a page asked for or complained of; `own`: which URLs it may ask for. */
export function problemsOf(messages, own) {
  const of = (method) => messages.filter((message) => message.method === method).map(({ params }) => params);
  return [
    ...of('Network.requestWillBeSent')
      .map(({ request }) => request.url)
      .filter((url) => !own(url))
      .map((url) => `requested ${url}`),
    ...of('Log.entryAdded').map(({ entry }) => `logged: ${entry.text}`),
    ...of('Runtime.consoleAPICalled').map(() => 'wrote to the console'),
    ...of('Runtime.exceptionThrown').map(({ exceptionDetails }) => `threw: ${exceptionDetails.text}`),
  ];
}
