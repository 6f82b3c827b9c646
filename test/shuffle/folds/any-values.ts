import * as fc from 'fast-check';
import type { Value } from './fold-values.ts';

const digits = fc.oneof(
  fc.nat(30).map(String),
  fc.nat(99_999).map(String),
  fc.bigInt({ min: 10n ** 15n - 2n, max: 10n ** 15n + 2n }).map(String),
  fc.bigInt({ min: 0n, max: 10n ** 45n }).map(String),
);
const zeros = fc.constantFrom('', '', '0', '000');
const fraction = fc.oneof(
  fc.constantFrom('', '.', '.0', '.5', '.50', '.05', '.000000000000000000000001'),
  digits.map((text) => `.${text}`),
);

/** Numbers in every way of writing that built-ins take, near ones and equal ones often. */
export const numbers = fc.oneof(
  fc
    .tuple(fc.constantFrom('', '', '-', '+'), zeros, digits, fraction)
    .map((parts) => parts.join('')),
  fc.constantFrom('0', '-0', '+0', '00', '0.0', '-.0', '.0', '0.', '1', '1.0', '01', '-1', '-1.'),
);

/** Most of them no numbers, some only nearly. */
const texts = fc.oneof(
  fc.constantFrom('', '+', '-', '.', '-.', '1e3', '0x1', ' 1', '1 ', '1\r', '1.2.3', '--1', '1,5'),
  fc.constantFrom('a', 'b', 'ab', '\0', '\xff', '~', 'é', '/', ':', '!'),
  fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 4 }),
);

/** Values of one key: numbers only, or anything. */
export const anyValues = fc.oneof(
  fc.array(numbers, { minLength: 1, maxLength: 12 }),
  fc.array(
    fc.oneof(
      { weight: 6, arbitrary: numbers },
      { weight: 2, arbitrary: texts },
      { weight: 1, arbitrary: fc.constant(null) },
    ),
    { minLength: 1, maxLength: 12 },
  ),
) satisfies fc.Arbitrary<Value[]>;
