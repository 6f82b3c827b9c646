import { describe, expect, it } from 'vitest';
import { AccessLog } from '../../bench/generate/access-log.ts';
import { Customers, Orders } from '../../bench/generate/join-tables.ts';
import type { LineMaker } from '../../bench/generate/line-maker.ts';
import { Measurements } from '../../bench/generate/measurements.ts';
import { SortRecords } from '../../bench/generate/sort-records.ts';
import { made, madeLines } from './made.ts';

/** What every generator owes, whatever it makes. */
const MAKERS: Readonly<Record<string, (seed: number) => LineMaker>> = {
  'lines of an access log': (seed) => new AccessLog(seed),
  'sort records': (seed) => new SortRecords(seed),
  measurements: (seed) => new Measurements(seed, 400),
  customers: (seed) => new Customers(seed, 5000),
  orders: (seed) => new Orders(seed, 5000),
};

describe.each(Object.entries(MAKERS))('generated %s', (_, maker) => {
  it('are the same for the same seed, and others for another', () => {
    const one = made(maker(1), { lines: 500 });
    expect(made(maker(1), { lines: 500 })).toBe(one);
    expect(made(maker(2), { lines: 500 })).not.toBe(one);
  });

  it('are as many lines as asked for, none longer than said', () => {
    const lines = madeLines(maker(3), { lines: 1000 });
    expect(lines.length).toBe(1000);
    const longest = Math.max(...lines.map((line) => line.length + 1));
    expect(longest).toBeLessThanOrEqual(maker(3).longest);
  });
});

describe('generated sort records', () => {
  it('are 100 bytes of printable text, with keys all over the place', () => {
    const lines = madeLines(new SortRecords(4), { lines: 2000 });
    expect(lines.every((line) => line.length === 99 && /^[ -~]+\r$/.test(line))).toBe(true);
    const firsts = new Set(lines.map((line) => line[0]));
    expect(firsts.size).toBe(95);
    expect(lines[255]).toContain('  000000000000000000000000000000FF  ');
  });
});

describe('generated measurements', () => {
  it('are of all stations alike, in a bell around the mean of each', () => {
    const lines = madeLines(new Measurements(5, 20), { lines: 20_000 });
    expect(lines.every((line) => /^[a-z]{4,16};-?\d{1,2}\.\d$/.test(line))).toBe(true);
    const stations = new Set(lines.map((line) => line.split(';')[0]));
    expect(stations.size).toBe(20);
    for (const station of stations) {
      const rows = lines.filter((line) => line.startsWith(`${String(station)};`));
      const values = rows.map((row) => Number(row.split(';')[1]));
      expect(Math.abs(rows.length - 1000)).toBeLessThan(200);
      expect(deviation(values)).toBeGreaterThan(8);
      expect(deviation(values)).toBeLessThan(12);
    }
  });
});

describe('a generated access log', () => {
  it('has lines as web servers write them, in the order of time', () => {
    const lines = madeLines(new AccessLog(7), { lines: 5000 });
    const format =
      /^(?:\d{3}\.){3}\d{3} - - \[01\/Mar\/2025:(\d\d:\d\d:\d\d) \+0000\] "GET \/[a-z]{5,40}\.html HTTP\/1\.1" (200|404) \d{5}$/;
    const found = lines.map((line) => format.exec(line)?.slice(1) ?? []);
    expect(found.every(([time, status]) => time !== undefined && status !== undefined)).toBe(true);
    expect([found[0]?.[0], found[4999]?.[0]]).toEqual(['00:00:00', '00:01:39']);
    expect(new Set(found.map(([, status]) => status)).size).toBe(2);
  });
});

describe('generated tables for a join', () => {
  it('have every customer once, and orders of customers only', () => {
    const customers = madeLines(new Customers(6, 3000), { lines: 3000 });
    const keys = new Set(customers.map((line) => line.slice(0, 8)));
    expect(keys.size).toBe(3000);
    const isSorted = [...keys].every((key, index, all) => key > (all[index - 1] ?? ''));
    expect(isSorted).toBe(false);
    const orders = madeLines(new Orders(6, 3000), { lines: 30_000 });
    expect(orders.every((line) => /^\d{8}\tO\d{9} \d{8}$/.test(line))).toBe(true);
    expect(orders.every((line) => keys.has(line.slice(0, 8)))).toBe(true);
  });
});

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
