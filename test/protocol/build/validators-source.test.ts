import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shareStructures } from '../../../src/protocol/build/share-structures.ts';
import { validatorsSource } from '../../../src/protocol/build/validators-source.ts';

describe('the validators', () => {
  it('that everything runs with are those of the schemas: npm run build writes them', () => {
    const written = readFileSync(
      new URL('../../../dist/protocol/validators.js', import.meta.url),
      'utf8',
    );
    expect(written === validatorsSource()).toBe(true);
  });
});

describe('structures that messages share', () => {
  const place = { type: 'object', title: 'Place', properties: { host: { type: 'string' } } };
  const nowhere = { ...place, nullable: true } as const;

  it('are written once, also those inside another and those that may be null', () => {
    const route = { type: 'object', title: 'Route', properties: { from: place, to: nowhere } };
    const { schemas, structures } = shareStructures([
      { type: 'object', properties: { route } },
      { type: 'array', items: place },
    ]);
    expect(schemas).toEqual([
      { type: 'object', properties: { route: { $ref: 'Route' } } },
      { type: 'array', items: { $ref: 'Place' } },
    ]);
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
    expect(() => shareStructures([{ type: 'array', items: [place, other] }])).toThrow(/Place/);
  });
});
