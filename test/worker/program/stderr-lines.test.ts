import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BoundedLog } from '../../../src/worker/program/bounded-log.ts';
import { Counters, TooManyCountersError } from '../../../src/worker/program/counters.ts';
import { StderrLines } from '../../../src/worker/program/stderr-lines.ts';

interface Read {
  readonly log: string;
  readonly counters: Readonly<Record<string, string>>;
  readonly statuses: readonly string[];
}

function read(chunks: readonly (string | Uint8Array)[]): Read {
  const log = new BoundedLog();
  const counters = new Counters();
  const statuses: string[] = [];
  const lines = new StderrLines({ log, counters, onStatus: (status) => statuses.push(status) });
  // One buffer for all, as where a stream is read: what is kept of a chunk must be a copy.
  const reused = Buffer.alloc(1 << 20);
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk);
    bytes.copy(reused);
    lines.write(reused.subarray(0, bytes.length));
    reused.fill('?');
  }
  lines.end();
  return {
    log: Buffer.from(log.content()).toString(),
    counters: Object.fromEntries(counters.totals().map((c) => [`${c.group},${c.name}`, c.value])),
    statuses,
  };
}

function countOnce(n: number): string {
  return `reporter:counter:g,n${String(n)},1\n`;
}

describe('the stderr of a program', () => {
  it('counts, reports and logs', () => {
    const text =
      'starting\nreporter:counter:words,seen,3\nreporter:status:half way\nreporter:counter:words,seen,4\nbye\n';
    expect(read([text])).toEqual({
      log: 'starting\nbye\n',
      counters: { 'words,seen': '7' },
      statuses: ['half way'],
    });
  });

  it('means the same however it is cut into chunks', () => {
    const line = fc.constantFrom(
      'reporter:counter:a,b,12\n',
      'reporter:counter:a,b c,-9007199254740993\n',
      'reporter:status:at work\n',
      'reporter:counter:malformed\n',
      'reporter:\n',
      'reporte\n',
      'report',
      '\n',
      'a log line that is no report\n',
    );
    const text = fc.array(line, { maxLength: 8 }).map((lines) => lines.join(''));
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 6 }), (whole, cuts) => {
        const places = [0, ...cuts.toSorted((a, b) => a - b), whole.length];
        const chunks = places.slice(1).map((end, at) => whole.slice(places[at], end));
        expect(read(chunks)).toEqual(read([whole]));
      }),
    );
  });

  it('adds exactly beyond 2^53', () => {
    const one = 'reporter:counter:big,n,9007199254740993\n';
    expect(read([one, one, 'reporter:counter:big,n,+1\n']).counters).toEqual({
      'big,n': '18014398509481987',
    });
  });

  it.each([
    'reporter:counter:a,b,1.5',
    'reporter:counter:a,b',
    'reporter:counter:a,b,c,1',
    'reporter:counter:,b,1',
    `reporter:counter:${'x'.repeat(201)},b,1`,
    `reporter:counter:a,b,${'9'.repeat(1001)}`,
    'reporter:unknown',
    ' reporter:status:indented',
  ])('takes %j for a line of the log', (line) => {
    expect(read([`${line}\n`])).toEqual({ log: `${line}\n`, counters: {}, statuses: [] });
  });

  it('takes a last line without a newline for a line', () => {
    expect(read(['reporter:counter:a,b,1']).counters).toEqual({ 'a,b': '1' });
    expect(read(['no newline']).log).toBe('no newline\n');
  });

  it('passes a line of any length to the log', () => {
    const long = `reporter:status:${'x'.repeat(100_000)}`;
    expect(read([long.slice(0, 50_000), long.slice(50_000), '\nnext\n']).log).toBe(
      `${long}\nnext\n`,
    );
  });

  it('passes bytes that are not UTF-8', () => {
    const log = new BoundedLog();
    const lines = new StderrLines({ log, counters: new Counters(), onStatus: () => undefined });
    const bytes = Buffer.from([0xff, 0x00, 0xfe, 0x0a]);
    lines.write(bytes);
    expect(Buffer.from(log.content())).toEqual(bytes);
    expect(log.lastLines()).toEqual(['\ufffd\0\ufffd']);
  });

  it('is refused with the name of the first counter that is one too many', () => {
    const allowed = Array.from({ length: 200 }, (_, n) => countOnce(n));
    expect(Object.keys(read([...allowed, ...allowed]).counters)).toHaveLength(200);
    expect(() => read([...allowed, countOnce(200)])).toThrow(TooManyCountersError);
    expect(() => read([...allowed, countOnce(200)])).toThrow(/more than 200 counters: "g,n200"/);
  });
});

describe('a bounded log', () => {
  const limits = { headBytes: 10, tailBytes: 8 };

  it('keeps everything while there is room', () => {
    const log = new BoundedLog(limits);
    log.write(Buffer.from('0123456'));
    log.write(Buffer.from('789abcdefgh'));
    expect(Buffer.from(log.content()).toString()).toBe('0123456789abcdefgh');
  });

  it('keeps head and tail and says exactly how much is missing', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 30, unit: 'binary-ascii' })), (pieces) => {
        const log = new BoundedLog(limits);
        for (const piece of pieces) log.write(Buffer.from(piece));
        const all = pieces.join('');
        const cut = Math.max(0, all.length - 18);
        const notice = cut === 0 ? '' : `\n[${String(cut)} bytes of this log were cut here]\n`;
        expect(Buffer.from(log.content()).toString()).toBe(
          all.slice(0, 10) + notice + all.slice(10).slice(-8),
        );
      }),
    );
  });

  it('gives the last lines for a report', () => {
    const log = new BoundedLog();
    expect(log.lastLines()).toEqual([]);
    for (let n = 1; n <= 30; n++) log.write(Buffer.from(`line ${String(n)}\n`));
    expect(log.lastLines()).toHaveLength(20);
    expect(log.lastLines().at(-1)).toBe('line 30');
    log.write(Buffer.from('x'.repeat(3000)));
    expect(log.lastLines().at(-1)).toBe(`${'x'.repeat(400)}…`);
  });
});
