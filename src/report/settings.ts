// In which settings two results differ: tool, host and plan, told by dotted names.
import type { RunResult, Scenario } from '../stress/types.ts';
import { NO_VALUE } from './format.ts';

export interface SettingDifference {
  /** `host.kernel`, `plan.timeUnitMs`, `scenario.downloads-64.sessions`. */
  readonly setting: string;
  /** As text; a dash where that result does not have it. */
  readonly baseline: string;
  readonly candidate: string;
}

/** Of the scenarios that only one result has, the names alone are told. */
export function settingDifferences(a: RunResult, b: RunResult): SettingDifference[] {
  const [ofA, ofB] = [settingsOf(a), settingsOf(b)];
  return [...new Set([...ofA.keys(), ...ofB.keys()])]
    .map((setting) => ({
      setting,
      baseline: ofA.get(setting) ?? NO_VALUE,
      candidate: ofB.get(setting) ?? NO_VALUE,
    }))
    .filter(({ setting, baseline, candidate }) => baseline !== candidate && inBoth(setting, a, b));
}

function settingsOf({ tool, host, requested }: RunResult): Map<string, string> {
  const { sysctls, ...machine } = host;
  const { scenarios, name: _name, formatVersion: _version, ...plan } = requested;
  return new Map([
    ['tool.version', tool.version],
    ...entries('host', machine),
    ...entries('sysctl', sysctls),
    ...entries('plan', { ...plan, scenarios: scenarios.map(({ name }) => name) }),
    ...scenarios.flatMap((scenario) => entries(scenarioPrefix(scenario), { ...scenario, name: undefined })),
  ]);
}

function entries(prefix: string, values: object): [string, string][] {
  return Object.entries(values).flatMap(([name, value]): [string, string][] =>
    value === null || value === undefined ? [] : [[`${prefix}.${name}`, inText(value)]],
  );
}

function inText(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : String(value);
}

function scenarioPrefix({ name }: Pick<Scenario, 'name'>): string {
  return `scenario.${name}`;
}

function inBoth(setting: string, a: RunResult, b: RunResult): boolean {
  if (!setting.startsWith('scenario.')) return true;
  return [a, b].every(({ requested }) =>
    requested.scenarios.some((scenario) => setting.startsWith(`${scenarioPrefix(scenario)}.`)),
  );
}
