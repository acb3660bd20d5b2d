// When the pages get a new report: after a block, on connecting if theirs is older, and when the run is over.
import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { RunResult } from '../result/types.ts';
import type { Drawing, DrawnReport } from './drawn-report.ts';
import { eventMessage, type Message } from './messages.ts';
import type { RunWords } from './run-state.ts';
import type { Streams } from './streams.ts';

export interface Updates {
  show(result: RunResult): void;
  /** What a page made now holds, and the name under which it is to ask for what comes after. */
  page(): { readonly report: Drawing | undefined; readonly have: string };
  /** `have`: what the page holds, as it was told; empty where it was told nothing. */
  watch(response: ServerResponse, have: string): void;
  /** `words`: the last ones. */
  end(words: RunWords): void;
}

export function createUpdates(report: DrawnReport, streams: Streams): Updates {
  // A page may outlive its run, and find the next one at the same address.
  const run = randomUUID();
  let encoded: { readonly number: number; readonly message: Message } | undefined;
  let lastSent = 0;
  let over = false;

  const nameOf = (drawing: Drawing | undefined) => `${run}.${drawing?.number ?? 0}`;
  /** Encoded once a drawing. */
  const messageOf = (drawing: Drawing): Message => {
    if (encoded?.number !== drawing.number) {
      const message = eventMessage('report', { markup: drawing.markup }, nameOf(drawing));
      encoded = { number: drawing.number, message };
    }
    return encoded.message;
  };
  const sendIfNew = (drawing: Drawing | undefined) => {
    if (drawing === undefined || drawing.number === lastSent) return;
    lastSent = drawing.number;
    streams.send(messageOf(drawing));
  };

  return {
    page() {
      const drawing = report.current();
      return { report: drawing, have: nameOf(drawing) };
    },
    show(result) {
      report.show(result);
      if (streams.size() > 0) sendIfNew(report.current());
    },
    watch(response, have) {
      if (have !== '' && !have.startsWith(`${run}.`)) {
        response.end(eventMessage('reload', {}).bytes);
        return;
      }
      const drawing = report.current();
      const known = drawing === undefined || have === nameOf(drawing);
      streams.add(response, known ? [] : [messageOf(drawing)]);
    },
    end(words) {
      if (over) return;
      over = true;
      if (streams.size() > 0) sendIfNew(report.final());
      streams.end(eventMessage('over', words));
    },
  };
}
