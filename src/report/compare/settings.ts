// In which settings two results differ: environment, load, and what changes neither, told by dotted names.
import { planDocument } from '../../plan/format.ts';
import type { Host, RunResult } from '../../result/types.ts';
import { NO_VALUE } from '../words/format.ts';

/** `environment` and `load`: what was measured may differ for that alone. `other`: it does not. */
export type SettingKind = 'environment' | 'load' | 'other';

export interface SettingDifference {
  /** `host.kernel`, `plan.timeUnit`, `scenario.downloads-64.sessions`: of plans the keys and values of a plan file. */
  readonly setting: string;
  readonly kind: SettingKind;
  /** As text, objects as compact JSON; a dash where that result does not have it. */
  readonly baseline: string;
  readonly candidate: string;
}

/** What a plan asks for that neither the load nor the schedule of a block depends on. */
const OTHER_PLAN_SETTINGS: readonly string[] = [
  ...['seed', 'blocks', 'until', 'abortOn', 'abortAfter', 'maxTime'],
  ...['binders', 'peers', 'targets', 'baseline', 'scenarios'],
];
/** Of two machines alike one reports a little less memory: firmware and kernel keep some for themselves. */
const SAME_MEMORY = 1.1;

/** Environment first, then load, then the rest. Of the scenarios only those that are compared; of the others the names. */
export function settingDifferences(
  a: RunResult,
  b: RunResult,
  scenarios: readonly string[],
): SettingDifference[] {
  return differencesOf(settingsOf(a, scenarios), settingsOf(b, scenarios));
}

/** In what two hosts differ that changes what is measured. */
export function environmentDifferences(a: Host, b: Host): SettingDifference[] {
  const [ofA, ofB] = [new Map(hostSettings(a)), new Map(hostSettings(b))];
  return differencesOf(ofA, ofB).filter(({ kind }) => kind === 'environment');
}

function differencesOf(
  ofA: ReadonlyMap<string, unknown>,
  ofB: ReadonlyMap<string, unknown>,
): SettingDifference[] {
  const found = [...new Set([...ofA.keys(), ...ofB.keys()])].flatMap((setting): SettingDifference[] => {
    const [baseline, candidate] = [ofA.get(setting), ofB.get(setting)];
    const texts = { baseline: inText(baseline), candidate: inText(candidate) };
    if (texts.baseline === texts.candidate) return [];
    return [{ setting, kind: kindOf(setting, baseline, candidate), ...texts }];
  });
  return (['environment', 'load', 'other'] as const).flatMap((wanted) =>
    found.filter(({ kind }) => kind === wanted),
  );
}

function settingsOf(
  { tool, host, requested }: RunResult,
  compared: readonly string[],
): ReadonlyMap<string, unknown> {
  const { scenarios, name: _name, formatVersion: _version, ...plan } = planDocument(requested);
  return new Map([
    ['tool.version', tool.version],
    ...hostSettings(host),
    ...entries('plan', { ...plan, scenarios: scenarios.map(({ name }) => name) }),
    ...scenarios
      .filter(({ name }) => compared.includes(String(name)))
      .flatMap(({ name, ...scenario }) => entries(`scenario.${name}`, scenario)),
  ]);
}

function hostSettings({ sysctls, ...machine }: Host): [string, unknown][] {
  return [...entries('host', machine), ...entries('sysctl', sysctls)];
}

function entries(prefix: string, values: object): [string, unknown][] {
  return Object.entries(values).map(([name, value]) => [`${prefix}.${name}`, value]);
}

/** What is unknown of a host differs from nothing; a sysctl that a kernel does not have (null) is a difference. */
function kindOf(setting: string, baseline: unknown, candidate: unknown): SettingKind {
  const [scope = '', ...rest] = setting.split('.');
  const values = [baseline, candidate];
  switch (scope) {
    case 'host':
      if (values.some((value) => value === null || value === undefined)) return 'other';
      return rest[0] === 'memoryBytes' && isSameMemory(values) ? 'other' : 'environment';
    case 'sysctl':
      return values.includes(undefined) ? 'other' : 'environment';
    case 'plan':
      return OTHER_PLAN_SETTINGS.includes(rest[0] ?? '') ? 'other' : 'load';
    case 'scenario':
      return 'load';
    default:
      return 'other';
  }
}

function isSameMemory(bytes: readonly unknown[]): boolean {
  const sizes = bytes.map(Number);
  return Math.max(...sizes) <= SAME_MEMORY * Math.min(...sizes);
}

function inText(value: unknown): string {
  if (value === null || value === undefined) return NO_VALUE;
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value, sorted) : String(value);
}

/** The order of keys is no difference. */
function sorted(_key: string, value: unknown): unknown {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
