// The text format of OpenMetrics 1.0: metric families with their metadata, samples with escaped labels.

export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

export interface MetricFamily {
  /** Without `_total`, which a counter adds; ends with the unit where there is one. */
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly unit?: 'seconds' | 'ratio' | 'bytes';
  readonly help: string;
  readonly samples: readonly Sample[];
}

/** A gauge without a unit. */
export function gauge(name: string, help: string, samples: readonly Sample[]): MetricFamily {
  return { name, type: 'gauge', help, samples };
}

const SUFFIX = { counter: '_total', gauge: '' } satisfies Record<MetricFamily['type'], string>;

/** The whole exposition, `# EOF` included. Families without a sample are left out. */
export function exposition(families: readonly MetricFamily[]): string {
  return `${families.map(familyText).join('')}# EOF\n`;
}

function familyText({ name, type, unit, help, samples }: MetricFamily): string {
  if (samples.length === 0) return '';
  const lines = [
    `# TYPE ${name} ${type}`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}`]),
    `# HELP ${name} ${escaped(help)}`,
    ...samples.map(({ labels, value }) => `${name}${SUFFIX[type]}${labelText(labels)} ${numberText(value)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

/** OpenMetrics 1.0, ABNF `escaped-char`: backslash, quote and line feed, in labels and in help alike. */
function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function numberText(value: number): string {
  if (Number.isFinite(value) || Number.isNaN(value)) return String(value);
  return value > 0 ? '+Inf' : '-Inf';
}
