import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { PLANTED_BUGS } from './bugs.ts';

/**
 * `node hunt.js NAME SEEDS`: plants one bug in this process and prints, as JSON, the first seed that
 * shows it, or null. Assertions of the cores do not count: they end a process, no more.
 */
const [name, seeds = '2000'] = process.argv.slice(2);
const bug = PLANTED_BUGS.find((each) => each.name === name);
if (!bug) throw new Error(`there is no planted bug "${name ?? ''}"`);
const text = readFileSync(new URL(`../../../src/${bug.file}`, import.meta.url), 'utf8');
for (const [find] of bug.changes) {
  if (!text.includes(find)) throw new Error(`"${find}" does not stand in ${bug.file} any more`);
}
register(new URL('replace-hook.js', import.meta.url), { data: bug });

const { runSeeds } = await import('../run-seeds.ts');
const { Totals } = await import('../totals.ts');
const [found = null] = await runSeeds(
  { from: bug.firstSeed ?? 1, count: Number(seeds), stride: 1 },
  { totals: new Totals(), assertionsAreCrashes: true, brokenMax: 1 },
);
console.log(JSON.stringify(found));
