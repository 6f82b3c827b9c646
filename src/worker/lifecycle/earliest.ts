/** The first of some moments; undefined where none is set. */
export function earliest(moments: readonly (number | undefined)[]): number | undefined {
  const set = moments.filter((moment) => moment !== undefined);
  return set.length === 0 ? undefined : Math.min(...set);
}
