// Axes: what they run over, where their ticks stand, and how a number on them is written.
import { formatCount, formatMs } from '../words/format.ts';
import { CHARACTER_PX } from './plot.ts';

export interface Axis {
  /** With the unit. */
  readonly label: string;
  readonly type?: 'linear' | 'log';
  readonly domain: readonly [low: number, high: number];
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** From 0 to a round number at or above `most`, in some five steps. */
export function linearAxis(
  most: number,
  label: string,
  format: (value: number) => string = formatTick,
): Axis {
  return spanAxis([0, most], label, format);
}

/** From a round number at or below `low` to one at or above `high`. */
export function spanAxis(
  [low, high]: readonly [number, number],
  label: string,
  format: (value: number) => string,
): Axis {
  const step = roundStep((high - low || 1) / 5);
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  const steps = Math.max(1, last - first);
  const ticks = Array.from({ length: steps + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { label, domain: [ticks[0] ?? 0, ticks.at(-1) ?? 1], ticks, format };
}

/** Decades, or parts of them where everything lies within two, and no more than it takes; `low` must be above 0. */
export function logMsAxis([low, high]: readonly [number, number], label: string): Axis {
  const [first, last] = [
    Math.floor(Math.log10(low) + 1e-9),
    Math.ceil(Math.log10(Math.max(high, low * 1.01)) - 1e-9),
  ];
  const steps = last - first <= 2 ? [1, 2, 5] : [1];
  const all = Array.from({ length: last - first + 1 }, (_, i) =>
    steps.map((step) => Number((step * 10 ** (first + i)).toPrecision(6))),
  ).flat();
  const from = all.findLastIndex((tick) => tick <= low * (1 + 1e-9));
  const to = all.findIndex((tick) => tick >= high * (1 - 1e-9));
  const ticks = all.slice(Math.max(0, from), Math.max(to, from + 1) + 1);
  return {
    label,
    type: 'log',
    domain: [ticks[0] ?? low, ticks.at(-1) ?? high],
    ticks,
    format: formatMs,
  };
}

/** A failure rate in per cent; of small rates only their own part of the axis. */
export function rateAxis(most: number, label: string): Axis {
  return spanAxis([0, Math.min(1, most)], label, percentTick);
}

/** `12.5`, as the label of the axis has the unit. */
export function percentTick(rate: number): string {
  return String(Number((rate * 100).toPrecision(4)));
}

/** Ticks are round: none of their digits may be lost. */
export function formatTick(value: number): string {
  return value >= 1000 ? formatCount(value) : String(value);
}

/** Those of an axis that have room on so many pixels, at equal distances; 0 is among them where the axis has it. */
export function ticksWithin({ ticks, format }: Axis, fieldPx: number): readonly number[] {
  const widestPx = Math.max(...ticks.map((tick) => format(tick).length)) * CHARACTER_PX + TICK_GAP_PX;
  const room = Math.max(2, Math.floor(fieldPx / widestPx) + 1);
  const step = Math.ceil((ticks.length - 1) / (room - 1));
  const anchor = Math.max(0, ticks.indexOf(0));
  return ticks.filter((_, i) => (i - anchor) % step === 0);
}

const TICK_GAP_PX = 8;

/** 1, 2, 2.5 or 5 times a power of ten. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 2.5, 5, 10].find((one) => one * power >= atLeast * (1 - 1e-9)) ?? 10;
  return factor * power;
}
