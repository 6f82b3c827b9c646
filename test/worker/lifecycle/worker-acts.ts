import * as fc from 'fast-check';

export const SLOT_WORDS = ['started', 'progress', 'finished', 'failed', 'killed'] as const;
export const LIFE_CHANGES = ['none', 'none', 'new_epoch', 'new_cluster'] as const;

/** What the world around a Worker does next; what is not possible just then does not happen. */
export type Act =
  | { readonly act: 'pass'; readonly ms: number }
  | { readonly act: 'answer_connection'; readonly good: boolean }
  | { readonly act: 'register_ack'; readonly lifeChange: (typeof LIFE_CHANGES)[number] }
  | { readonly act: 'token'; readonly right: boolean }
  | { readonly act: 'order'; readonly task: number; readonly attempt: number }
  | { readonly act: 'cancel'; readonly task: number; readonly attempt: number }
  | { readonly act: 'settle'; readonly pick: number }
  | { readonly act: 'received' }
  | { readonly act: 'cut' }
  | { readonly act: 'slot'; readonly pick: number; readonly what: (typeof SLOT_WORDS)[number] }
  | { readonly act: 'stale'; readonly task: number }
  | { readonly act: 'paused'; readonly ms: number }
  | { readonly act: 'signal' };

const task = fc.integer({ min: 0, max: 5 });
const attempt = fc.integer({ min: 1, max: 2 });
const pick = fc.nat(10);

/** Any act but a signal. */
const anyAct: fc.Arbitrary<Act> = fc.oneof(
  weighed(4, 'pass', { ms: fc.integer({ min: 1, max: 5000 }) }),
  weighed(4, 'answer_connection', { good: fc.boolean() }),
  weighed(4, 'register_ack', { lifeChange: fc.constantFrom(...LIFE_CHANGES) }),
  weighed(4, 'token', { right: fc.boolean() }),
  weighed(8, 'order', { task, attempt }),
  weighed(3, 'cancel', { task, attempt }),
  weighed(4, 'settle', { pick }),
  weighed(4, 'received', {}),
  weighed(1, 'cut', {}),
  weighed(10, 'slot', { pick, what: fc.constantFrom(...SLOT_WORDS) }),
  weighed(1, 'stale', { task }),
  weighed(1, 'paused', { ms: fc.integer({ min: 2000, max: 60_000 }) }),
);

export function acts(maxLength: number): fc.Arbitrary<Act[]> {
  return fc.array(anyAct, { maxLength, size: 'max' });
}

function weighed<Name extends Act['act'], Fields>(
  weight: number,
  name: Name,
  fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> },
): { weight: number; arbitrary: fc.Arbitrary<{ readonly act: Name } & Fields> } {
  const arbitrary = fc.record(fields).map((values) => ({ act: name, ...(values as Fields) }));
  return { weight, arbitrary };
}
