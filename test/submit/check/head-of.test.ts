import { Readable } from 'node:stream';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headOf } from '../../../src/submit/check/head-of.ts';

async function head(blocks: readonly string[], limitBytes: number): Promise<string> {
  const source = Readable.from(blocks.map((block) => Buffer.from(block)));
  const read = await headOf(source, limitBytes).toArray();
  expect(source.destroyed).toBe(true);
  return Buffer.concat(read as Buffer[]).toString();
}

describe('the head of a stream', () => {
  it('is all of it when that is not too much, and else the lines that end in time', async () => {
    const block = fc.array(fc.constantFrom('a', 'b', '\n')).map((bytes) => bytes.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(block), fc.integer({ min: 1, max: 30 }), async (blocks, limit) => {
        const text = blocks.join('');
        const cut = text.slice(0, limit);
        const lines = text.length <= limit ? text : cut.slice(0, cut.lastIndexOf('\n') + 1);
        expect(await head(blocks, limit)).toBe(lines);
      }),
    );
  });

  it('comes though the stream never ends', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.from('line\n');
      })(),
    );
    const read = await headOf(endless, 12).toArray();
    expect(Buffer.concat(read as Buffer[]).toString()).toBe('line\nline\n');
  });
});
