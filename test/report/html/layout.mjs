// What may be wrong with the layout of a page, found in the page itself: these functions run in the browser.

/** An expression to evaluate in the page: problems in words, and what was measured. */
export const LAYOUT = `(${inspect})()`;

/** Whoever reads on paper cannot open anything. */
export const UNOPENED = `[...document.querySelectorAll('details')]
  .flatMap((one) => [...one.children].filter((child) => child.localName !== 'summary'))
  .filter((child) => child.getBoundingClientRect().height === 0)
  .map((child) => 'not opened on paper: ' + child.textContent.trim().slice(0, 40))`;

function inspect() {
  const isShown = (element) => element.getClientRects().length > 0 && element.checkVisibility();
  const words = (element) => element.textContent.replace(/\s+/g, ' ').trim().slice(0, 60);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)].filter(isShown);

  function sideways() {
    return document.documentElement.scrollWidth > innerWidth ? ['scrolls sideways'] : [];
  }

  /** Words of drawings beyond the edges of the page. */
  function cutOff() {
    return all('svg text')
      .filter((text) => {
        const { left, right } = text.getBoundingClientRect();
        return left < 0 || right > innerWidth;
      })
      .map((text) => `cut off: ${words(text)}`);
  }

  /** Of a table that scrolls, as of any other, the words above it must be read without it. */
  function cutCaptions() {
    return all('caption > span')
      .filter((caption) => {
        if (getComputedStyle(caption.parentElement).position === 'absolute') return false;
        const box = caption.closest('.scroll').getBoundingClientRect();
        return caption.getBoundingClientRect().right > box.right + 1;
      })
      .map((caption) => `cut off: ${words(caption)}`);
  }

  /** A pixel is no overlap: boxes have room above and below the letters. */
  function overlapping() {
    const touch = (a, b) =>
      Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
      Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 3;
    return all('svg.chart').flatMap((svg) => {
      const boxes = all('text', svg).map((text) => ({ text, box: text.getBoundingClientRect() }));
      return boxes.flatMap(({ text, box }, i) =>
        boxes
          .slice(i + 1)
          .filter((other) => touch(box, other.box))
          .map(
            (other) =>
              `"${words(text)}" is upon "${words(other.text)}" in ${words(svg.querySelector('title'))}`,
          ),
      );
    });
  }

  /** The line of no difference, or any other upright, through words. */
  function crossed() {
    return all('svg.chart').flatMap((svg) => {
      const uprights = all('line[stroke=currentColor], [stroke=currentColor] line', svg)
        .map((line) => line.getBoundingClientRect())
        .filter(({ width, height }) => height > width);
      return all('text', svg)
        .filter((text) => {
          const { left, right, top, bottom } = text.getBoundingClientRect();
          return uprights.some(
            (line) =>
              line.left > left && line.right < right && line.top < bottom - 3 && line.bottom > top + 3,
          );
        })
        .map((text) => `a line goes through "${words(text)}" in ${words(svg.querySelector('title'))}`);
    });
  }

  /** In each text: digits in groups, a unit behind them, ranges, and L-1. What is code is shown as it is. */
  function broken() {
    const number =
      /(?<![\w.-])[-+]?\d+(?:[ \u202f]\d{3})*(?:\.\d+)?(?:(?:–| to )[-+]?\d+(?:[ \u202f]\d{3})*(?:\.\d+)?)?(?:[ \u202f](?:%|ms\b|s\b|min\b|[KMG]iB\b))?|\bL-1\b/g;
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const { parentElement: parent } = node;
      if (parent.closest('script, style, code, title, desc, .wraps') || !isShown(parent)) continue;
      for (const { 0: text, index } of node.data.matchAll(number)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + text.length);
        const tops = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (tops.size > 1) found.push(`broken: ${text} in "${words(parent)}"`);
      }
    }
    return found;
  }

  function links() {
    const targets = all('nav a').map((link) => link.getAttribute('href'));
    return [
      ...(targets.length > 0 ? [] : ['no contents']),
      ...targets
        .filter((href) => !href.startsWith('#') || document.getElementById(href.slice(1)) === null)
        .map((href) => `leads nowhere: ${href}`),
    ];
  }

  function widths() {
    return all('figure').flatMap((figure) => {
      const found = new Set(
        all('svg.chart', figure).map((svg) => Math.round(svg.getBoundingClientRect().width)),
      );
      return found.size > 1 ? [`drawings of ${[...found].join(' and ')} px in ${figure.id}`] : [];
    });
  }

  return {
    problems: [sideways, cutOff, cutCaptions, overlapping, crossed, broken, links, widths].flatMap((find) =>
      find(),
    ),
    heightPx: document.documentElement.scrollHeight,
    drawings: all('svg.chart').length,
    background: getComputedStyle(document.body).backgroundColor,
    /** Tables in a box that scrolls, which paper cannot. */
    widestPx: Math.max(0, ...all('table').map((table) => Math.ceil(table.getBoundingClientRect().right))),
  };
}
