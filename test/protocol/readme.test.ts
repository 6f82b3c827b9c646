import { describe, expect, test } from 'vitest';
import { decodeLine, type Direction } from '../../src/protocol/index.ts';
import { SCHEMAS } from '../../src/protocol/schemas.ts';
import { type DocumentedField, EXAMPLES, README, STRUCTURES } from './examples.ts';
import { documentedFields, structuresIn } from './schema-words.ts';

/** The directions that the README has a chapter for; the rest are made of the same messages. */
const CHAPTERS = [
  'from_client',
  'from_manager_to_client',
  'from_worker',
  'from_manager_to_worker',
] as const satisfies readonly Direction[];

describe.each(CHAPTERS)('the chapter of messages %s', (direction) => {
  const documented = EXAMPLES.filter((example) => example.direction === direction);

  test('has a section for every message and for no other', () => {
    const names = [...SCHEMAS[direction].keys()];
    const expected =
      direction === 'from_manager_to_client' ? names : names.filter((name) => name !== 'error');
    expect(documented.map(({ name }) => name)).toEqual(expected);
  });

  test('has every field of every schema with its type, and no other', () => {
    for (const { name, fields } of documented) {
      const schema = SCHEMAS[direction].get(name);
      const inSchema = documentedFields(schema?.json ?? {}).filter(
        (field) => field.name !== 'message_type',
      );
      expect({ name, fields: sorted(fields) }).toEqual({ name, fields: sorted(inSchema) });
    }
  });

  test('has an example of every message, under its name, that is accepted', () => {
    for (const { name, message } of documented) {
      expect(message['message_type']).toBe(name);
      expect(decodeLine(JSON.stringify(message), direction)).toEqual({ ok: true, message });
    }
  });
});

test('every shared structure has a table of all its fields', () => {
  const inSchemas = new Map(
    Object.values(SCHEMAS)
      .flatMap((table) => [...table.values()])
      .flatMap((schema) => [...structuresIn(schema.json)]),
  );
  expect([...STRUCTURES.keys()]).toEqual([...inSchemas.keys()].toSorted());
  for (const [name, fields] of STRUCTURES) {
    const expected = documentedFields(inSchemas.get(name) ?? {});
    expect({ name, fields: sorted(fields) }).toEqual({ name, fields: sorted(expected) });
  }
});

test('every error code is explained, and no other', () => {
  const errorSchema = SCHEMAS.from_client.get('error')?.json.properties?.['code'];
  const chapter = README.split('\n## ').find((part) => part.startsWith('Errors and limits'));
  const explained = [...(chapter ?? '').matchAll(/^\| `([a-z_]+)`/gm)].map((row) => row[1]);
  expect(explained).toEqual(errorSchema?.['enum']);
});

test('every link within the page leads somewhere', () => {
  const anchors = new Set(
    [...README.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .trim()
        .replaceAll(' ', '-'),
    ),
  );
  const links = [...README.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((anchor) => !anchors.has(anchor ?? ''))).toEqual([]);
});

test('the job of its first lines is accepted', () => {
  const line = /printf '(\{.*\})' \| nc/.exec(README)?.[1] ?? '';
  expect(decodeLine(line, 'to_manager')).toMatchObject({ ok: true });
});

function sorted(fields: readonly DocumentedField[]): DocumentedField[] {
  return fields.toSorted((a, b) => a.name.localeCompare(b.name));
}
