import { UserError } from './user-error.ts';

/** Letters of units, by power. */
const POWERS = ['', 'K', 'M', 'G', 'T', 'P'] as const;

/**
 * Reads a number of bytes: `64M` and `64MiB` are 64 · 1024², `64MB` is 64 · 10⁶, a bare number is bytes.
 * @param what the option it belongs to, for the error, e.g. `--sort-buffer`
 * @throws UserError
 */
export function parseSize(text: string, what: string): number {
  const found = /^(\d+(?:\.\d+)?)\s*(?:([kmgtp])(i?b)?|b)?$/i.exec(text.trim());
  if (!found) throw badSize(text, what, 'use bytes, or a unit as in 64K, 64M, 64MB, 1G');
  const power = POWERS.indexOf((found[2] ?? '').toUpperCase() as (typeof POWERS)[number]);
  const base = found[3]?.toLowerCase() === 'b' ? 1000 : 1024;
  const bytes = Math.floor(Number(found[1]) * base ** power);
  if (!Number.isSafeInteger(bytes)) throw badSize(text, what, 'it is too large');
  return bytes;
}

/** The shortest text that {@link parseSize} reads back to the same number: `64M`, `1500`. */
export function printSize(bytes: number): string {
  let power = 0;
  let value = bytes;
  while (value > 0 && value % 1024 === 0 && power < POWERS.length - 1) {
    value /= 1024;
    power += 1;
  }
  return `${String(value)}${POWERS[power] ?? ''}`;
}

/** For people, three digits at most: `640 bytes`, `1.46 KiB`, `64 MiB`. */
export function describeSize(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let power = 0;
  let value = bytes;
  // 999.5 would be printed as 1000 otherwise.
  while (value >= 999.5 && power < POWERS.length - 1) {
    value /= 1024;
    power += 1;
  }
  if (power === 0) return `${String(bytes)} bytes`;
  return `${String(Number(value.toPrecision(3)))} ${POWERS[power] ?? ''}iB`;
}

function badSize(text: string, what: string, hint: string): UserError {
  return new UserError(`Cannot use size "${text}" for ${what}: ${hint}`);
}
