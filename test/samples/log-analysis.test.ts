import { describe, expect, it } from 'vitest';
import { needsPrograms } from '../needs.ts';
import { expectedOf, runShell, SORT_BY_KEY } from './run-shell.ts';

const LOG = 'log-analysis/access.log';

describe('log analysis', () => {
  it('counts requests by path, and damaged lines apart', async () => {
    const counts = `log-analysis/map-paths.awk < ${LOG} 2>/dev/null | cut -f 1 | sort | uniq -c`;
    const swapped = `${counts} | awk '{ print $2 "\\t" $1 }'`;
    expect(await runShell(swapped)).toBe(await expectedOf('log-analysis', 'paths.txt'));
    const damaged = await runShell(`log-analysis/map-paths.awk < ${LOG} 2>&1 >/dev/null | uniq -c`);
    const lines = await runShell(`grep -vc '"' ${LOG}`);
    expect(damaged.trim()).toBe(`${lines.trim()} reporter:counter:log,damaged lines,1`);
  });

  it.for([
    ['without the combiner', ''],
    ['with the combiner', '| log-analysis/combine-hours.awk'],
    [
      'with the combiner over and over',
      '| log-analysis/combine-hours.awk | log-analysis/combine-hours.awk',
    ],
  ] as const)('gives the share of errors by hour %s', async ([, combiner], context) => {
    needsPrograms(context, 'perl');
    const halves = ['head -n 200', 'tail -n +201'].map(
      (half) => `${half} ${LOG} | log-analysis/map-hours.pl | ${SORT_BY_KEY} ${combiner}`,
    );
    const rates = await runShell(
      `{ ${halves.join('; ')}; } | ${SORT_BY_KEY} | log-analysis/reduce-hours.awk`,
    );
    expect(rates).toBe(await expectedOf('log-analysis', 'hours.txt'));
  });

  it('prints nothing for nothing', async (context) => {
    needsPrograms(context, 'perl');
    for (const name of ['map-paths.awk', 'map-hours.pl', 'combine-hours.awk', 'reduce-hours.awk']) {
      expect(await runShell(`log-analysis/${name}`), name).toBe('');
    }
  });
});
