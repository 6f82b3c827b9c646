import { join } from 'node:path';
import { writeLines } from '../generate/line-maker.ts';
import { Customers, Orders } from '../generate/join-tables.ts';
import type { InputRequest, Workload } from '../workload.ts';
import { ours, peer } from './sides.ts';

const CUSTOMERS = 500_000;
const ORDERS = 5_000_000;

const TAB = `$'\\t'`;
/** In the C locale whole lines are in the order of their keys, and are compared faster. */
const BY_LINE = 'LC_ALL=C sort --parallel=2';
const BY_KEY = `${BY_LINE} -t ${TAB} -k1,1`;
const JOIN = `LC_ALL=C join -t ${TAB}`;

/** Reduce-side join. The names of the files let a customer come before the orders. */
export const JOIN_TABLES: Workload = {
  name: 'join',
  about: 'join of 5 M orders with 500 k customers',
  programs: ['join-rows.awk'],
  makeInput: makeTables,
  sides: [
    ours({
      id: 'ours',
      label: 'Muster',
      job: `-i 1-customers.txt 2-orders.txt -m cat -r 'mawk -f join-rows.awk'`,
      needs: ['mawk'],
    }),
    peer({
      id: 'join',
      label: 'sort both, join',
      lines: [
        inTurn(`${BY_KEY} -S 1G`),
        inTurn(`${BY_LINE} -S 1G`),
        inTurn(`${BY_LINE} -S 256M`),
        atOnce(`${BY_LINE} -S 1G`),
      ],
      needs: ['sort', 'join', 'mkfifo'],
      writes: ['customers', 'orders'],
    }),
  ],
  rows: [
    {
      name: 'join-sort',
      about: 'join of 5 M × 500 k rows',
      metric: 'wall',
      target: { atMost: 0.8 },
      ours: 'ours',
      peers: ['join'],
    },
  ],
};

function inTurn(sort: string): string {
  return (
    `${sort} 1-customers.txt -o customers && ${sort} 2-orders.txt -o orders && ` +
    `${JOIN} customers orders > join.txt`
  );
}

function atOnce(sort: string): string {
  return (
    `mkfifo customers orders && { ${sort} 1-customers.txt > customers & ` +
    `${sort} 2-orders.txt > orders & ${JOIN} customers orders > join.txt; wait; }`
  );
}

function makeTables({ directory, seed, scale }: InputRequest): void {
  const customers = Math.round(CUSTOMERS * scale);
  const orders = Math.round(ORDERS * scale);
  const maker = new Customers(seed, customers);
  writeLines(join(directory, '1-customers.txt'), maker, { lines: customers });
  const places = new Orders(seed, customers);
  writeLines(join(directory, '2-orders.txt'), places, { lines: orders });
}
