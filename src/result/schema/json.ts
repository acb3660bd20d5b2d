// The schema of the saved result as JSON Schema, the form that other tools read: fixtures/schema/result-3.json.
import { z } from 'zod';
import { FORMAT_VERSION, resultSchema } from './index.ts';

/** Draft 2020-12. A URN (RFC 8141) as its name: no host has to serve it for ever. */
export const RESULT_SCHEMA_ID = `urn:port20:result:${FORMAT_VERSION}`;

/** Extra keys are allowed: a later port20 may add some without a new version. */
export function resultJsonSchema(): Readonly<Record<string, unknown>> {
  const { $schema, title, description, ...rest } = z.toJSONSchema(resultSchema, {
    target: 'draft-2020-12',
    io: 'input',
    override({ jsonSchema }) {
      // No registered format: `contentEncoding` beside it is the word (JSON Schema Validation §8.3).
      if (jsonSchema.format === 'base64') delete jsonSchema.format;
    },
  });
  return { $schema, $id: RESULT_SCHEMA_ID, title, description, ...rest };
}
