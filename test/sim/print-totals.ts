import { legalTransitions } from './count-transitions.ts';
import type { Totals } from './totals.ts';

/** What the seeds have gone through, for people. */
export function printTotals(totals: Totals, seconds: number): void {
  const { seeds, events } = totals;
  const perSeed = String(Math.round(events / Math.max(1, seeds)));
  const count = seeds.toLocaleString('en');
  console.log(`${count} seeds in ${seconds.toFixed(1)} s, ${perSeed} events a seed`);
  printCounts('Faults', [...totals.faults]);
  const transitions = legalTransitions().map((name): [string, number] => [
    name,
    totals.transitions.get(name) ?? 0,
  ]);
  printCounts('Transitions', transitions);
}

function printCounts(title: string, counts: readonly (readonly [string, number])[]): void {
  console.log(`\n${title}`);
  for (const [name, times] of counts.toSorted(([, a], [, b]) => b - a)) {
    console.log(`${times.toLocaleString('en').padStart(12)}  ${name}`);
  }
}
