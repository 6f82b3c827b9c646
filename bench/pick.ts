import type { Benchmark } from './benchmark.ts';

/**
 * The benchmarks that have one of these names, or a row that has; all of them if none is named.
 * @throws Error for a name that nothing has
 */
export function pick(all: readonly Benchmark[], names: readonly string[]): readonly Benchmark[] {
  const known = new Set(all.flatMap(({ name, rows }) => [name, ...rows]));
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    const list = all.map(({ name }) => name).join(', ');
    throw new Error(`Cannot run "${unknown}": there is ${list}, and rows that --list names`);
  }
  if (names.length === 0) return all;
  return all.filter(({ name, rows }) => [name, ...rows].some((one) => names.includes(one)));
}
