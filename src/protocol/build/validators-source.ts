import { createRequire } from 'node:module';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { assert } from '../../runtime/assert.ts';
import { SCHEMAS } from '../schemas.ts';
import { shareStructures } from './share-structures.ts';

const HEAD = '// Written by "npm run build" from the schemas in src/protocol.';
/** What ajv's code asks for with `require`, also in a module, which has none: it counts characters. */
const LENGTH_MODULE = 'ajv/dist/runtime/ucs2length';

/**
 * The module of all validators, as JavaScript: compiling the schemas takes ajv a good part of a
 * second, which every start of a program would pay.
 *
 * ajv is set as it is safe for strangers' input: nothing is coerced, filled in or removed, inherited
 * names do not count as fields, and the first fault ends the work. `verbose` only hands the value
 * and the schema to the explanation. A test checks the schemas themselves.
 */
export function validatorsSource(): string {
  const ajv = new Ajv({
    strict: true,
    ownProperties: true,
    discriminator: true,
    verbose: true,
    messages: false,
    meta: false,
    validateSchema: false,
    inlineRefs: false,
    code: { source: true, esm: true },
  });
  const messages = new Set(Object.values(SCHEMAS).flatMap((table) => [...table.values()]));
  const names = new Map([...messages].map(({ json }, index) => [json, `message${String(index)}`]));
  const { schemas, structures } = shareStructures([...names.keys()]);
  for (const [name, structure] of structures) ajv.addSchema(structure, name);
  const nameList = [...names.values()];
  for (const [index, name] of nameList.entries()) ajv.addSchema(schemas[index] ?? {}, name);
  const exported = Object.fromEntries(nameList.map((name) => [name, name]));
  const lengthModule: unknown = createRequire(import.meta.url)(LENGTH_MODULE);
  const { default: length } = lengthModule as { readonly default: (text: string) => number };
  const code = standalone
    .default(ajv, exported)
    .replaceAll(`require("${LENGTH_MODULE}").default`, String(length));
  assert(!code.includes('require('), 'validators need nothing but themselves');
  return `${HEAD}\n${code}\n${tablesSource(names)}`;
}

function tablesSource(names: ReadonlyMap<object, string>): string {
  const tables = Object.entries(SCHEMAS).map(([direction, table]) => {
    const pairs = [...table].map(([type, { json }]) => `['${type}', ${names.get(json) ?? ''}]`);
    return `  ${direction}: new Map([${pairs.join(', ')}]),\n`;
  });
  return `export const VALIDATORS = {\n${tables.join('')}};\n`;
}
