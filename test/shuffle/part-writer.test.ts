import { existsSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PartWriter } from '../../src/shuffle/part-writer.ts';
import { trickyOutput } from './random-output.ts';
import { scratchDirectory } from './scratch-directory.ts';

const scratch = scratchDirectory();

describe('an output part', () => {
  it('holds the bytes as they came, and counts them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(trickyOutput), fc.boolean(), async (chunks, ensureFinalNewline) => {
        const path = scratch.fresh('part');
        const part = new PartWriter({ path, ensureFinalNewline });
        for (const chunk of chunks) part.write(chunk);
        const summary = await part.finish();
        let expected = Buffer.concat(chunks);
        const isOpen = expected.length > 0 && expected.at(-1) !== 10;
        if (ensureFinalNewline && isOpen) expected = Buffer.concat([expected, Buffer.of(10)]);
        const lines = expected.toString('latin1').split('\n');
        expect(readFileSync(path).equals(expected)).toBe(true);
        expect(summary).toEqual({
          bytes: expected.length,
          records: lines.length - (lines.at(-1) === '' ? 1 : 0),
          crc32: crc32(expected),
        });
      }),
    );
  });

  it('takes chunks larger than its buffer in order', async () => {
    const path = scratch.fresh('part');
    const part = new PartWriter({ path });
    // Enough for a sync while it is written.
    const pieces = [10, 300_000, 20_000_000, 100_000, 5].map((length, turn) =>
      Buffer.alloc(length, 97 + turn),
    );
    for (const piece of pieces) {
      const chunk = new Uint8Array(piece);
      part.write(chunk);
      chunk.fill(0);
    }
    await part.finish();
    expect(readFileSync(path).equals(Buffer.concat(pieces))).toBe(true);
  });

  it('completes a line between two programs', async () => {
    const path = scratch.fresh('part');
    const part = new PartWriter({ path });
    part.endLine();
    part.write(Buffer.from('one'));
    part.endLine();
    part.endLine();
    part.write(Buffer.from('two'));
    expect(await part.finish()).toMatchObject({ bytes: 7, records: 2 });
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo');
  });

  it('never overwrites, and goes away when given up', () => {
    const path = scratch.fresh('part');
    const part = new PartWriter({ path });
    expect(() => new PartWriter({ path })).toThrow(/EEXIST/);
    part.abort();
    part.abort();
    expect(existsSync(path)).toBe(false);
  });
});
