import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';
import { SCHEMAS, type SchemaTable } from '../schemas.ts';
import { shareStructures } from './share-structures.ts';

const HEAD = '// Written by "npm run build" from the schemas in src/protocol.\n';

/**
 * What a client reads: each message has a file to itself, for a client needs few of them and its
 * start is waited for. A daemon has all of its own at once, whatever becomes of the files later.
 */
const READ_BY_CLIENTS: keyof typeof SCHEMAS = 'from_manager_to_client';

/**
 * The JavaScript of all validators by file name, from `dist/protocol`: compiling the schemas takes
 * ajv a good part of a second, which every start of a program would pay.
 */
export function validatorsSources(): ReadonlyMap<string, string> {
  const tables = Object.entries(SCHEMAS);
  const files = tables.flatMap(([direction, table]) =>
    direction === READ_BY_CLIENTS
      ? [...table].map(([type, schema]) =>
          fileOf(`${direction}/${type}`, new Map([[type, schema]])),
        )
      : [fileOf(direction, table)],
  );
  const types = tables.map(
    ([direction, table]) => `  ${direction}: new Set(${JSON.stringify([...table.keys()])}),\n`,
  );
  return new Map([['validators.js', indexSource(types.join(''))], ...files]);
}

function fileOf(name: string, table: SchemaTable): readonly [name: string, text: string] {
  return [`validators/${name}.cjs`, `${HEAD}${tableSource(table)}\n`];
}

/**
 * ajv as it is safe for strangers' input: nothing is coerced, filled in or removed, inherited names
 * do not count as fields, and the first fault ends the work. `verbose` only hands the value and the
 * schema to the explanation. The schemas themselves are checked by a test.
 */
function tableSource(table: SchemaTable): string {
  const ajv = new Ajv({
    strict: true,
    ownProperties: true,
    discriminator: true,
    verbose: true,
    messages: false,
    meta: false,
    validateSchema: false,
    inlineRefs: false,
    code: { source: true },
  });
  const { messages, structures } = shareStructures(table);
  for (const [name, schema] of [...structures, ...messages]) ajv.addSchema(schema, name);
  const exported = Object.fromEntries([...messages.keys()].map((type) => [type, type]));
  return standalone.default(ajv, exported);
}

/** What `src/protocol/validators.d.ts` describes. */
function indexSource(types: string): string {
  return `${HEAD}import { createRequire } from 'node:module';

const load = createRequire(import.meta.url);
const tables = { ${READ_BY_CLIENTS}: {} };

export const MESSAGE_TYPES = {
${types}};

export function validatorOf(direction, messageType) {
  if (!MESSAGE_TYPES[direction].has(messageType)) return undefined;
  const table = (tables[direction] ??= load(\`#validators/\${direction}.cjs\`));
  return (table[messageType] ??=
    load(\`#validators/\${direction}/\${messageType}.cjs\`)[messageType]);
}
`;
}
