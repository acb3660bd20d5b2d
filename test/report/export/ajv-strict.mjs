// Holds results against the published JSON Schema with ajv, which in strict mode refuses what no draft registers.
//   node ajv-strict.mjs SCHEMA RESULT…       from a folder in which ajv and ajv-formats are installed (parsers.sh)
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [schemaFile, ...results] = process.argv.slice(2);
const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
// A nullable value has two types.
const ajv = new Ajv.default({ strict: true, allowUnionTypes: true, allErrors: true });
addFormats.default(ajv);
const validate = ajv.compile(read(schemaFile));
for (const file of results) {
  if (!validate(read(file))) {
    console.error(`${file}: ${ajv.errorsText(validate.errors)}`);
    process.exitCode = 1;
  } else console.log(`${file.split('/').at(-1)}: valid`);
}
const damaged = { ...read(results[0]), durationMs: -1 };
if (validate(damaged)) throw new Error('a damaged result passed');
