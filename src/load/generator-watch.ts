// What a load generator sees of itself: a number is the generator's, not the server's, when it had no time to spare.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { systemClock } from '../clock.ts';
import { countDescriptors, readThreadTimes } from '../net/proc.ts';
import type { GeneratorReport } from './spec.ts';

const LAG_RESOLUTION_MS = 10;
const DESCRIPTORS_EVERY_MS = 250;

export interface GeneratorWatch {
  stop(): GeneratorReport;
}

export function watchGenerator(): GeneratorWatch {
  const startedAtMs = systemClock.nowMs();
  const cpuBefore = process.cpuUsage();
  const threadBefore = readThreadTimes();
  let descriptors = countDescriptors() ?? 0;
  const counting = setInterval(() => {
    descriptors = Math.max(descriptors, countDescriptors() ?? 0);
  }, DESCRIPTORS_EVERY_MS);
  const lag = monitorEventLoopDelay({ resolution: LAG_RESOLUTION_MS });
  lag.enable();
  return {
    stop() {
      lag.disable();
      clearInterval(counting);
      const wallMs = Math.max(1, systemClock.nowMs() - startedAtMs);
      const cpu = process.cpuUsage(cpuBefore);
      const thread = readThreadTimes();
      const told = thread !== null && threadBefore !== null;
      return {
        // Node's other threads (garbage collection) may use a core beside the one that the load runs on.
        cpuShare: shareOf(
          told ? thread.runningMs - threadBefore.runningMs : (cpu.user + cpu.system) / 1000,
          wallMs,
        ),
        runQueueShare: told ? shareOf(thread.waitingMs - threadBefore.waitingMs, wallMs) : null,
        // The histogram counts the interval itself, too.
        eventLoopLagP99Ms: beyondResolution(lag.percentile(99)),
        eventLoopLagMaxMs: beyondResolution(lag.max),
        descriptors,
      };
    },
  };
}

/** The kernel counts by another clock: what fills a short time may look like more than all of it. */
function shareOf(ms: number, wallMs: number): number {
  return Math.min(1, Math.max(0, ms / wallMs));
}

function beyondResolution(ns: number): number {
  return Math.max(0, ns / 1e6 - LAG_RESOLUTION_MS);
}
