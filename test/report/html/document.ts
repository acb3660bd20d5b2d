// The page of a result as a document, and what tests ask of it.
import { parseHTML } from 'linkedom';
import { formatHtml, type HtmlOptions } from '../../../src/report/html/page.ts';
import type { RunResult } from '../../../src/result/types.ts';
import { sampleResult } from '../sample-result.ts';

export function pageOf(changes: Partial<RunResult> = {}, options: HtmlOptions = {}): string {
  return formatHtml(sampleResult({ resumed: [], ...changes }), options);
}

/** What is used of the DOM: its types are not those of Node. */
export interface Element {
  readonly tagName: string;
  readonly id: string;
  readonly textContent: string;
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  getAttribute(name: string): string | null;
}

export function documentOf(page: string): Element {
  return parseHTML(page).document.documentElement as unknown as Element;
}

export function all(within: Element, selector: string): Element[] {
  return [...within.querySelectorAll(selector)];
}

export function textOf(within: Element, selector: string): string {
  const found = within.querySelector(selector);
  if (found === null) throw new Error(`no ${selector}`);
  return found.textContent.replace(/\s+/g, ' ').trim();
}
