#!/usr/bin/env bash
# What is exported, held against parsers that others wrote: Python's for Prometheus (the older text format and OpenMetrics),
# ajv in its strict mode for the JSON Schema and a result. Needs dist/, npm, python3, apt-get; two small packages each time.
set -euo pipefail
cd "$(dirname "$0")/../../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '-- a run, its result and its metrics'
node dist/cli/main.js stress --binder legacy-bsd,reuse-port --sessions 8 --duration 200ms --blocks 2 --time-unit 1ms \
  --bind-to-connect 2ms --quiet --out "$work/result.json" --openmetrics "$work/metrics.txt" --junit "$work/junit.xml" >/dev/null

echo '-- Prometheus: as OpenMetrics, and as the older text'
cd "$work"
apt-get download -qq python3-prometheus-client || { apt-get update -qq && apt-get download -qq python3-prometheus-client; }
dpkg -x ./*.deb .
cd - >/dev/null
PYTHONPATH="$work/usr/lib/python3/dist-packages" python3 - "$work/metrics.txt" <<'PYTHON'
import math, sys
from prometheus_client import openmetrics, parser
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics_families

text = open(sys.argv[1]).read()
strict = list(openmetrics_families(text))
older = list(parser.text_string_to_metric_families(text))
samples = lambda families: sorted((s.name, sorted(s.labels.items()), s.value) for f in families for s in f.samples)
assert samples(strict) == samples(older), 'the two formats give other samples'
types = {family.type for family in strict}
assert types <= {'counter', 'gauge'}, f'types that older readers refuse: {types}'
[run] = [s for f in strict for s in f.samples if s.name == 'port20_run_info']
assert run.value == 1 and run.labels['version']
quantiles = [s for f in strict for s in f.samples if s.name == 'port20_transfer_time_seconds']
assert {s.labels['quantile'] for s in quantiles} == {'0.5', '0.9', '0.95', '0.99', '0.999'}
assert all(s.value > 0 and not math.isnan(s.value) for s in quantiles)
print(f'{len(strict)} families, {len(samples(strict))} samples, alike in both')
PYTHON

echo '-- JSON Schema: ajv in strict mode'
npm install --silent --no-save --prefix "$work" ajv@8 ajv-formats@3
cp test/report/export/ajv-strict.mjs "$work/"
node "$work/ajv-strict.mjs" fixtures/schema/result-3.json "$work/result.json" fixtures/results/format-3.json

echo '-- JUnit: well-formed'
python3 -c 'import sys, xml.etree.ElementTree as tree; print(tree.parse(sys.argv[1]).getroot().attrib)' "$work/junit.xml"
