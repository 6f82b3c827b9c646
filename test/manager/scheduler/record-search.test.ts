import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Finding, RecordSearch } from '../../../src/manager/scheduler/record-search.ts';

/** Whether a mapper takes these lines, by their numbers. */
type Mapper = (lines: readonly number[]) => boolean;

interface Outcome {
  readonly kind: 'passed' | 'over_limit' | Extract<Finding, { kind: 'hopeless' }>['why'];
  readonly found: readonly number[];
  /** The two charged ones before the search included. */
  readonly attempts: number;
}

/** Searches as a job does that may leave out `limit` lines of an input of so many. */
function search(lines: number, mapper: Mapper, limit: number, known: number[] = []): Outcome {
  const machine = new RecordSearch(known);
  for (let attempts = 3; ; attempts += 1) {
    const { from, to, probe, count } = machine.question;
    const fed = range(from, Math.min(to, lines)).filter((line) => !machine.found.includes(line));
    expect(probe || fed.length + machine.found.length === lines).toBe(true);
    const hasPassed = mapper(fed);
    const found = (): Pick<Outcome, 'found' | 'attempts'> => ({ found: machine.found, attempts });
    if (hasPassed && !probe) return { kind: 'passed', ...found() };
    const finding = machine.answer(hasPassed, count ? lines : undefined);
    if (finding.kind === 'hopeless') return { kind: finding.why, ...found() };
    if (machine.found.length > limit) return { kind: 'over_limit', ...found() };
  }
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function failsAt(bad: readonly number[]): Mapper {
  const lines = new Set(bad);
  return (fed) => !fed.some((line) => lines.has(line));
}

const LIMIT = 5;
const size = fc.integer({ min: 1, max: 300 });
/** An input with some bad lines: anywhere, neighbours, the first, the last. */
const spoilt = (count: { min: number; max: number }) =>
  size.chain((lines) =>
    fc.record({
      lines: fc.constant(lines),
      bad: fc
        .uniqueArray(
          fc.oneof(
            fc.nat(lines - 1),
            fc.constantFrom(0, lines - 1),
            fc.integer({ min: 0, max: Math.min(8, lines - 1) }),
          ),
          { minLength: Math.min(count.min, lines), maxLength: Math.min(count.max, lines) },
        )
        .map((bad) => bad.toSorted((a, b) => a - b)),
    }),
  );

describe('the search for bad records', () => {
  it('finds exactly the lines at which the mapper fails, as many as are allowed', () => {
    fc.assert(
      fc.property(spoilt({ min: 1, max: LIMIT }), ({ lines, bad }) => {
        const outcome = search(lines, failsAt(bad), LIMIT);
        expect(outcome).toMatchObject({ kind: 'passed', found: bad });
      }),
      { numRuns: 250 },
    );
  });

  it('takes about the logarithm of the lines for each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 1_000_000 }), fc.nat(), (lines, seed) => {
        const line = seed % lines;
        const mapper: Mapper = (fed) => !fed.includes(line);
        // Arrays of a million lines are not needed to know whether one is among them.
        const machine = new RecordSearch();
        let attempts = 2;
        for (;;) {
          const { from, to, probe, count } = machine.question;
          attempts += 1;
          const isFed = from <= line && line < to && !machine.found.includes(line);
          const hasPassed = mapper(isFed ? [line] : []);
          if (hasPassed && !probe) break;
          machine.answer(hasPassed, count ? lines : undefined);
        }
        expect(machine.found).toEqual([line]);
        expect(attempts).toBeLessThanOrEqual(Math.ceil(Math.log2(lines)) + 8);
      }),
    );
  });

  it('stops with all that it found where there are more, whichever they are', () => {
    fc.assert(
      fc.property(spoilt({ min: LIMIT + 1, max: 12 }), ({ lines, bad }) => {
        fc.pre(bad.length > LIMIT);
        const outcome = search(lines, failsAt(bad), LIMIT);
        expect(['over_limit', 'always']).toContain(outcome.kind);
        expect(bad).toEqual(expect.arrayContaining([...outcome.found]));
        if (outcome.kind === 'over_limit') expect(outcome.found).toHaveLength(LIMIT + 1);
      }),
      { numRuns: 250 },
    );
  });

  it('names six neighbours at the beginning, for most other lines pass', () => {
    const outcome = search(100, failsAt([0, 1, 2, 3, 4, 5]), LIMIT);
    expect(outcome).toMatchObject({ kind: 'over_limit', found: [0, 1, 2, 3, 4, 5] });
  });

  it('finds a line that is bad only after another', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 200 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 1, maxLength: 3 }),
        (lines, seeds) => {
          const pairs = seeds.map(([a, b]) => {
            const first = a % (lines - 1);
            return { first, second: first + 1 + (b % (lines - 1 - first)) };
          });
          const mapper: Mapper = (fed) => {
            const have = new Set(fed);
            return !pairs.some(({ first, second }) => have.has(first) && have.has(second));
          };
          const outcome = search(lines, mapper, LIMIT);
          expect(outcome.kind).toBe('passed');
          expect(pairs.map(({ second }) => second)).toEqual(
            expect.arrayContaining([...outcome.found]),
          );
        },
      ),
    );
  });

  it('asks for no more than prefixes: a mapper that needs its first line works', () => {
    const bad = [40, 41, 99];
    const mapper: Mapper = (fed) => fed.length === 0 || (fed[0] === 0 && failsAt(bad)(fed));
    expect(search(100, mapper, LIMIT)).toMatchObject({ kind: 'passed', found: bad });
  });

  it.each([
    ['whatever it gets, nothing included', () => false],
    ['whenever it gets a line', (fed: readonly number[]) => fed.length === 0],
    ['whenever it gets two lines', (fed: readonly number[]) => fed.length < 2],
  ] satisfies readonly (readonly [string, Mapper])[])(
    'ends within 30 attempts with a mapper that fails %s',
    (_name, mapper) => {
      for (const lines of [0, 1, 2, 5, 13, 14, 15, 40, 1000]) {
        for (const limit of [1, 5, 13, 20, 100]) {
          const outcome = search(lines, mapper, limit);
          // Of one that takes a line, and fails for want of room, nobody could know as soon.
          if (!mapper([0]) || limit <= 5) expect(outcome.attempts).toBeLessThanOrEqual(30);
          // Thirteen bad lines in the right places look like a mapper that takes none.
          const isPossible = mapper(range(0, lines - limit)) && (limit < 13 || lines < 14);
          if (isPossible || limit < 13) expect(outcome.kind === 'passed').toBe(isPossible);
        }
      }
    },
  );

  it('leaves everything out where everything is bad and so much is allowed', () => {
    const outcome = search(3, failsAt([0, 1, 2]), LIMIT);
    expect(outcome).toMatchObject({ kind: 'passed', found: [0, 1, 2] });
  });

  it('loses no line to failures that have nothing to do with the input', () => {
    const attemptsWithFaults = fc.array(fc.boolean(), { maxLength: 3 });
    fc.assert(
      fc.property(size, attemptsWithFaults, (lines, faults) => {
        const left = [...faults];
        const failedAt = new Set<number>();
        const mapper: Mapper = (fed) => {
          // Lines that fail twice look just like bad ones.
          const isFaulty = !failedAt.has(fed.length) && left.shift() === true;
          if (isFaulty) failedAt.add(fed.length);
          return !isFaulty;
        };
        const outcome = search(lines, mapper, LIMIT);
        expect(outcome).toMatchObject({ kind: 'passed', found: [] });
      }),
    );
  });

  it('ends with a mapper that fails by chance', () => {
    fc.assert(
      fc.property(size, fc.infiniteStream(fc.boolean()), (lines, chance) => {
        const outcome = search(lines, () => chance.next().value === true, LIMIT);
        expect(outcome.attempts).toBeLessThan(3 + (LIMIT + 2) * 30);
      }),
    );
  });

  it('goes on from what was found before, and finds the same', () => {
    fc.assert(
      fc.property(spoilt({ min: 1, max: LIMIT }), fc.nat(), ({ lines, bad }, seed) => {
        const known = bad.slice(0, 1 + (seed % bad.length));
        const outcome = search(lines, failsAt(bad), LIMIT, known);
        expect(outcome).toMatchObject({ kind: 'passed', found: bad });
      }),
      { numRuns: 250 },
    );
  });
});
