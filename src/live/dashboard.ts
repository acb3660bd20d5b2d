// A run that can be watched: its report and its progress as a page on loopback, kept up to date by server-sent events.
import type { Endpoint } from '../address.ts';
import { systemClock } from '../clock.ts';
import type { Plan } from '../plan/types.ts';
import type { Progress } from '../result/progress.ts';
import type { RunResult } from '../result/types.ts';
import { createDrawnReport } from './drawn-report.ts';
import { closeHttp, listenHttp } from './http-server.ts';
import { eventMessage } from './messages.ts';
import { createHandler } from './routes.ts';
import { createRunState } from './run-state.ts';
import { createStreams } from './streams.ts';
import { createUpdates } from './updates.ts';

export interface DashboardOptions {
  /** On loopback; with port 0 the kernel chooses one. */
  readonly listen: Endpoint;
  readonly plan: Plan;
}

export interface Dashboard {
  /** Where the page is: `http://127.0.0.1:8020/`. */
  readonly url: string;
  /** Remembers it; it is sent when its time comes. Costs no I/O. */
  showProgress(progress: Progress): void;
  /**
   * The result so far, to be called between two blocks: with someone watching it is drawn at once, because nothing is
   * being measured then. Never throws.
   */
  showResult(result: RunResult): void;
  /** Shows the last result as final, tells all pages that the run is over, and ends. A second call waits for the first. */
  close(): Promise<void>;
}

const PROGRESS_EVERY_MS = 500;
/** A comment this often, so that nothing between us and the page takes the stream for dead (HTML Standard §9.2.7). */
const HEARTBEAT_EVERY_MS = 15_000;

/** @throws UsageError for an address that is not loopback, PreflightError when it cannot be listened on */
export async function startDashboard({ listen, plan }: DashboardOptions): Promise<Dashboard> {
  // Here and not above: the charting library takes a while to load, and most runs are not watched.
  const { drawReport, livePage } = await import('./page.ts');
  const run = createRunState(plan, systemClock);
  const report = createDrawnReport(drawReport, systemClock);
  const streams = createStreams({
    ...{ progressEveryMs: PROGRESS_EVERY_MS, heartbeatEveryMs: HEARTBEAT_EVERY_MS },
    progress: () => eventMessage('progress', run.words()),
  });
  const updates = createUpdates(report, streams);
  const handle = createHandler({
    page: () => livePage({ plan, words: run.words(), ...updates.page() }),
    resultJson: report.json,
    watch: updates.watch,
  });
  const server = await listenHttp(listen, handle);
  let closed: Promise<void> | undefined;
  return {
    url: server.url,
    showProgress: run.show,
    showResult: (result) => {
      if (closed === undefined) updates.show(result);
    },
    close() {
      run.end();
      updates.end(run.words());
      closed ??= closeHttp(server);
      return closed;
    },
  };
}
