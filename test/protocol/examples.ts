import { readFileSync } from 'node:fs';
import type { Direction } from '../../src/protocol/index.ts';

/** The README of the protocol is the source of example messages: it is read, never copied. */
export const README = readFileSync(
  new URL('../../src/protocol/README.md', import.meta.url),
  'utf8',
);

/** A message's section: its table of fields and its example. */
export interface DocumentedMessage {
  readonly direction: Direction;
  readonly name: string;
  readonly fields: readonly DocumentedField[];
  readonly message: Readonly<Record<string, unknown>>;
}

/** A row of a table: `name`, type, meaning. */
export interface DocumentedField {
  readonly name: string;
  readonly type: string;
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  'Client → Manager': 'from_client',
  'Manager → client': 'from_manager_to_client',
  'Worker → Manager': 'from_worker',
  'Manager → Worker': 'from_manager_to_worker',
};

/** Every message that the README documents, in its order. */
export const EXAMPLES: readonly DocumentedMessage[] = sections(README, '## ').flatMap((part) => {
  const direction = DIRECTIONS[part.title];
  if (direction === undefined) return [];
  return sections(part.body, '### ').map(({ title, body }) => ({
    direction,
    name: title.replaceAll('`', ''),
    fields: fieldRows(body),
    message: exampleOf(title, body),
  }));
});

/** Every structure that messages share, by name. */
export const STRUCTURES: ReadonlyMap<string, readonly DocumentedField[]> = new Map(
  sections(README, '## ')
    .filter(({ title }) => title === 'Shared structures')
    .flatMap(({ body }) => sections(body, '### '))
    .map(({ title, body }) => [title.replaceAll('`', ''), fieldRows(body)]),
);

function sections(text: string, mark: string): { title: string; body: string }[] {
  return `\n${text}`
    .split(`\n${mark}`)
    .slice(1)
    .map((part) => {
      const [title = '', ...body] = part.split('\n');
      return { title: title.trim(), body: body.join('\n') };
    });
}

/** Rows of the tables whose first column is a name in backquotes. */
function fieldRows(body: string): DocumentedField[] {
  return body
    .split('\n')
    .map((line) => /^\| `([^`]+)` *\| ([^|]+?) *\|/.exec(line))
    .filter((row) => row !== null)
    .map((row) => ({ name: row[1] ?? '', type: row[2] ?? '' }));
}

function exampleOf(title: string, body: string): Readonly<Record<string, unknown>> {
  const block = /```json\n([\s\S]*?)\n```/.exec(body);
  if (block === null) throw new Error(`section ${title} of the README has no example`);
  return JSON.parse(block[1] ?? '') as Readonly<Record<string, unknown>>;
}
