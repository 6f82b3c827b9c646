import { closeSync, existsSync, openSync } from 'node:fs';
import { expect, it } from 'vitest';
import { writeFully } from '../../src/shuffle/write-fully.ts';

it.runIf(existsSync('/dev/full'))('an error of the system names the file', () => {
  const fd = openSync('/dev/full', 'w');
  try {
    expect(() => writeFully(fd, Uint8Array.of(1), '/data/part')).toThrow(
      expect.objectContaining({ code: 'ENOSPC', path: '/data/part' }),
    );
  } finally {
    closeSync(fd);
  }
});
