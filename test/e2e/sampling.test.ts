import { existsSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Cluster, run, scratch } from './cluster.ts';

/** 20,000 lines of 100 bytes; half of them have the key "heavy". */
const TEXT = Array.from({ length: 20_000 }, (_, i) => {
  const key = i % 2 === 0 ? 'heavy' : `key-${String(i % 1000)}`;
  return `${`${key}\t1 `.padEnd(99, 'x')}\n`;
}).join('');

interface Forecasted {
  readonly maps: { readonly input_bytes: number; readonly tasks: number };
  readonly forecast: {
    readonly sampled_percent: number;
    readonly map_output_bytes: number;
    readonly largest_keys: readonly { readonly key: string; readonly percent: number }[];
  };
}

describe('--sample', () => {
  it('runs that share of the splits, forecasts the whole and leaves nothing', async () => {
    const cluster = await Cluster.start({ workers: [['--slots', '2']] });
    const directory = await scratch();
    await writeFile(join(directory, 'text'), TEXT);
    const job = ['-i', 'text', '-o', 'out', '-m', 'cat', '-r', 'cat', '--num-reducers', '2'];
    const at = { cwd: directory };
    const told = await cluster.submit([...job, '--sample', '10%'], at);
    expect(told).toMatchObject({ code: 0, stdout: '' });
    expect(told.stderr).toMatch(/Forecast for all of it, on 2 slots: about .* \(maps .*, reduces/);
    expect(told.stderr).toMatch(/Largest keys: "heavy" about [\d,]+ records/);
    expect(existsSync(join(directory, 'out'))).toBe(false);
    expect(readdirSync(directory)).toEqual(['text']);

    const json = await cluster.submit([...job, '--sample', '10', '--json', '-q'], at);
    const { maps, forecast } = JSON.parse(json.stdout) as Forecasted;
    expect(maps.input_bytes).toBeLessThan(TEXT.length / 5);
    expect(forecast.sampled_percent).toBeCloseTo((maps.input_bytes / TEXT.length) * 100, 6);
    // Lines are alike, so their share of the output is that of the input.
    expect(forecast.map_output_bytes / TEXT.length).toBeCloseTo(1, 2);
    expect(forecast.largest_keys[0]?.key).toBe('"heavy"');
    expect(forecast.largest_keys[0]?.percent).toBeGreaterThan(40);
  });

  it('needs a share, and somebody to see the forecast', async () => {
    const job = ['-i', '/etc/passwd', '-o', 'out', '-m', 'cat', '-r', 'cat'];
    const none = await run('mapreduce-submit', [...job, '--sample', '0']);
    expect(none).toMatchObject({ code: 2, stdout: '' });
    expect(none.stderr).toMatch(/Cannot use "0" for --sample: it must be a share such as 1%/);
    const detached = await run('mapreduce-submit', [...job, '--sample', '1%', '--detach']);
    expect(detached.code).toBe(2);
    expect(detached.stderr).toMatch(/Cannot use --sample with --detach/);
  });
});
