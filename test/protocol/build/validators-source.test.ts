import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shareStructures } from '../../../src/protocol/build/share-structures.ts';
import { validatorsSources } from '../../../src/protocol/build/validators-source.ts';

describe('the validators', () => {
  it('that everything runs with are those of the schemas: npm run build writes them', () => {
    const built = new URL('../../../dist/protocol/', import.meta.url);
    const stale = [...validatorsSources()].filter(
      ([name, text]) => readFileSync(new URL(name, built), 'utf8') !== text,
    );
    expect(stale.map(([name]) => name)).toEqual([]);
  });
});

describe('structures that messages share', () => {
  const place = { type: 'object', title: 'Place', properties: { host: { type: 'string' } } };
  const nowhere = { ...place, nullable: true } as const;

  it('are written once, also those inside another and those that may be null', () => {
    const route = { type: 'object', title: 'Route', properties: { from: place, to: nowhere } };
    const { messages, structures } = shareStructures(
      new Map([
        ['go', { json: { type: 'object', properties: { route } } }],
        ['stay', { json: { type: 'array', items: place } }],
      ]),
    );
    expect(messages).toEqual(
      new Map<string, unknown>([
        ['go', { type: 'object', properties: { route: { $ref: 'Route' } } }],
        ['stay', { type: 'array', items: { $ref: 'Place' } }],
      ]),
    );
    expect(structures).toEqual(
      new Map<string, unknown>([
        ['Place', place],
        ['PlaceOrNull', nowhere],
        [
          'Route',
          { ...route, properties: { from: { $ref: 'Place' }, to: { $ref: 'PlaceOrNull' } } },
        ],
      ]),
    );
  });

  it('cannot be two of one name', () => {
    const other = { ...place, properties: {} };
    const json = { type: 'array', items: [place, other] };
    expect(() => shareStructures(new Map([['stay', { json }]]))).toThrow(/Place/);
  });
});
