import type { Compression } from '../protocol/manager-orders.ts';

const BY_SUFFIX = [
  ['.gz', 'gzip'],
  ['.bz2', 'bzip2'],
  ['.zst', 'zstd'],
] as const;

/** How files of each kind begin: RFC 1952, bzip2's `BZh`, RFC 8878. */
const MAGIC: Readonly<Record<Compression, readonly Uint8Array[]>> = {
  gzip: [Uint8Array.of(0x1f, 0x8b)],
  bzip2: [Uint8Array.of(0x42, 0x5a, 0x68)],
  zstd: [
    Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd),
    // Skippable frames may come first: 0x184D2A50 to 0x184D2A5F, little-endian.
    ...Array.from({ length: 16 }, (_, index) => Uint8Array.of(0x50 + index, 0x2a, 0x4d, 0x18)),
  ],
};

export const MAGIC_BYTES_MAX = 4;

/** How a file is compressed, by its name; null for one that is read as it is. */
export function compressionOf(path: string): Compression | null {
  return BY_SUFFIX.find(([suffix]) => path.endsWith(suffix))?.[1] ?? null;
}

/**
 * Why these bytes cannot be the beginning of such a file; undefined when they can.
 * @param head the first {@link MAGIC_BYTES_MAX} bytes of the file, or all of a shorter one
 */
export function headProblem(head: Uint8Array, compression: Compression): string | undefined {
  const fits = MAGIC[compression].some((magic) =>
    magic.every((byte, index) => head[index] === byte),
  );
  if (fits) return undefined;
  const what = head.length === 0 ? 'it is empty and' : 'it is';
  return `${what} not compressed with ${compression}, as its name says`;
}
