#!/usr/bin/env bash
# What is exported, held against programs that others wrote: Prometheus' own parser and Python's for the metrics (OpenMetrics
# and the older text format), ajv in its strict mode for the JSON Schema and a result, xmllint with the rules of Jenkins for
# JUnit. Needs dist/, npm, python3, apt-get; two small packages each time.
set -euo pipefail
cd "$(dirname "$0")/../../.."
rules="$PWD/test/report/export/junit-of-jenkins.rng"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for tool in promtool:prometheus xmllint:libxml2-utils; do
  command -v "${tool%%:*}" >/dev/null && continue
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${tool##*:}" >/dev/null
done

echo '-- a run, its result, its metrics, and its tests: all kinds of them, with a threshold that is not kept and a block that is invalid'
stress() {
  node dist/cli/main.js stress --binder legacy-bsd,reuse-port --sessions 8 --duration 200ms --blocks 2 --time-unit 1ms \
    --bind-to-connect 2ms --quiet "$@" >/dev/null
}
stress --out "$work/result.json" --openmetrics "$work/metrics.txt" --junit "$work/passed.xml"
node dist/cli/main.js report "$work/result.json" --threshold 'reuse-port.failureRate > 0.5' --junit "$work/failed.xml" \
  >/dev/null 2>&1 && { echo 'a threshold that is not kept passed' >&2; exit 1; }
node - "$work" <<'JS'
const { readFileSync, writeFileSync } = require('node:fs');
const [, , folder] = process.argv;
const result = JSON.parse(readFileSync(`${folder}/result.json`, 'utf8'));
const [first, ...more] = result.blocks;
const problems = [{ id: 'broken-off', reason: 'ended by <SIGKILL> & "others"' }];
writeFileSync(`${folder}/damaged.json`, JSON.stringify({ ...result, valid: false, blocks: [{ ...first, valid: false, problems }, ...more] }));
JS
node dist/cli/main.js report "$work/damaged.json" --junit "$work/error.xml" >/dev/null 2>&1 || true

echo "-- Prometheus' own parser: every sample is taken"
# It reads what is to be kept, and so wants the time of each sample; a scrape has none.
sed '/^#/!s/$/ 1700000000/' "$work/metrics.txt" >"$work/timed.txt"
promtool tsdb create-blocks-from openmetrics "$work/timed.txt" "$work/blocks" | tee "$work/blocks.txt"
samples=$(grep -vc '^#' "$work/metrics.txt")
awk -v samples="$samples" 'NR == 2 { kept = $6 } END { exit !(kept == samples) }' "$work/blocks.txt" ||
  { echo "not all of $samples samples" >&2; exit 1; }
sed '0,/^port20[^ ]*{/s/{/{=/' "$work/timed.txt" >"$work/damaged.txt"
! promtool tsdb create-blocks-from openmetrics "$work/damaged.txt" "$work/none" 2>/dev/null || { echo 'damaged metrics passed' >&2; exit 1; }

echo "-- Python's: as OpenMetrics, and as the older text"
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

echo "-- JUnit: well-formed, and by Jenkins' rules"
for kind in passed failed error; do
  xmllint --noout --relaxng "$rules" "$work/$kind.xml" 2>&1
done
for kind in failed error; do
  grep -q "<$([ $kind = failed ] && echo failure || echo error) " "$work/$kind.xml" || { echo "nothing $kind in $kind.xml" >&2; exit 1; }
done
sed 's/<testsuites /<testsuites skipped="0" /' "$work/passed.xml" >"$work/damaged.xml"
! xmllint --noout --relaxng "$rules" "$work/damaged.xml" 2>/dev/null || { echo 'a damaged report passed' >&2; exit 1; }
