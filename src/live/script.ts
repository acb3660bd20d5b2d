// The script of the page to watch. It runs in browsers and is served as it stands here: nothing builds it.

import { NO_VALUE } from '../report/words/format.ts';

/** Puts words where the page says, and a new report in the place of the old one without moving what is being read. */
export const SCRIPT = `'use strict';
const RETRY_MS = 2000;
const STATES = {
  running: 'Running',
  lost: 'Connection lost, retrying',
  over: 'The run is over; this page is no longer served',
};
const bar = document.getElementById('live');
const report = document.getElementById('report');
const state = document.getElementById('live-state');
const blocks = document.querySelector('#live progress');
let have = document.body.dataset.have;

function setState(name) {
  if (document.body.dataset.state === name) return;
  document.body.dataset.state = name;
  state.textContent = STATES[name];
}

function connect() {
  const source = new EventSource('/events?have=' + encodeURIComponent(have));
  source.onopen = () => setState('running');
  source.onerror = () => {
    setState('lost');
    // Browsers connect again by themselves after most errors, but not after all.
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MS);
  };
  source.addEventListener('progress', ({ data }) => showWords(JSON.parse(data)));
  source.addEventListener('report', ({ data, lastEventId }) => {
    if (lastEventId !== have) showReport(JSON.parse(data).markup);
    have = lastEventId;
  });
  source.addEventListener('reload', () => location.reload());
  source.addEventListener('over', ({ data }) => {
    source.close();
    showWords(JSON.parse(data));
    setState('over');
  });
}

function showWords(words) {
  document.title = words.title;
  blocks.max = Math.max(1, words.blocksTotal);
  blocks.value = words.blocksDone;
  for (const place of document.querySelectorAll('[data-live]')) {
    const text = words[place.dataset.live];
    if (place.textContent !== text) place.textContent = text;
    // What is not known, or is over, is not shown.
    (place.closest('dl > div') ?? place).toggleAttribute('data-none', text === '${NO_VALUE}');
  }
}

function showReport(markup) {
  const opened = [...report.querySelectorAll('details[open]')].map(placeOf);
  const aside = [...report.querySelectorAll('.scroll, pre')]
    .filter((box) => box.scrollLeft > 0)
    .map((box) => ({ place: placeOf(box), left: box.scrollLeft }));
  const focused = report.contains(document.activeElement) ? placeOf(document.activeElement) : undefined;
  const reading = readingPlace();
  report.innerHTML = markup;
  for (const place of opened) find(place)?.setAttribute('open', '');
  for (const { place, left } of aside) find(place)?.scrollTo({ left, behavior: 'instant' });
  if (focused !== undefined) find(focused)?.focus({ preventScroll: true });
  const now = reading === undefined ? null : find(reading.place);
  if (now) scrollBy({ top: now.getBoundingClientRect().top - reading.top, behavior: 'instant' });
}

/** Elements of two reports are the same when they are in the same place under the same id. */
function placeOf(element) {
  const home = element.closest('[id]');
  return { id: home.id, tag: element.tagName, index: [...home.querySelectorAll(element.tagName)].indexOf(element) };
}

function find({ id, tag, index }) {
  const home = document.getElementById(id);
  return index < 0 ? home : home?.querySelectorAll(tag)[index];
}

/** What has a name and begins nearest to the first line below the bar; at the top of the page there is none. */
function readingPlace() {
  if (scrollY === 0) return undefined;
  const line = bar.getBoundingClientRect().bottom;
  const [nearest] = [...report.querySelectorAll('[id]')]
    .filter((one) => one.getClientRects().length > 0)
    .map((one) => ({ one, top: one.getBoundingClientRect().top }))
    .sort((a, b) => Math.abs(a.top - line) - Math.abs(b.top - line));
  return nearest && { place: placeOf(nearest.one), top: nearest.top };
}

connect();
`;
