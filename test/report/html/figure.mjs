#!/usr/bin/env node
// Draws the first figure of a report as PNG, for a README: as it is in light at 1280 px.
//   test/report/html/figure REPORT.html PICTURE.png
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startBrowser } from './devtools.mjs';

const [report, picture] = process.argv.slice(2);
if (picture === undefined) {
  console.error('figure REPORT.html PICTURE.png');
  process.exit(2);
}
const MARGIN_PX = 12;
const browser = startBrowser({
  limitMs: 60_000,
  fail(reason) {
    console.error(`figure: ${reason}`);
    browser.end(1);
  },
});
const page = await browser.open({ width: 1280, scheme: 'light' });
await page.navigate(pathToFileURL(resolve(report)).href);
const { x, y, width, height } = await page.evaluate(`(() => {
  const { x, y, width, height } = document.querySelector('figure').getBoundingClientRect();
  return { x: x + scrollX, y: y + scrollY, width, height };
})()`);
const clip = {
  ...{ x: x - MARGIN_PX, y: y - MARGIN_PX, scale: 1 },
  ...{ width: width + 2 * MARGIN_PX, height: height + 2 * MARGIN_PX },
};
const { data } = await page.send('Page.captureScreenshot', {
  format: 'png',
  captureBeyondViewport: true,
  clip,
});
writeFileSync(picture, Buffer.from(data, 'base64'));
browser.end(0);
