import { describe, expect, it } from 'vitest';
import { Dice } from '../dice.ts';
import { type JobScript, makeScript, OLD_PART, oracle } from '../job-script.ts';
import { SimDisk } from '../sim-disk.ts';
import { DurableJournal } from './durable-journal.ts';
import { OutputCheck } from './output-check.ts';

const OUTPUT = '/out/shared';

function scriptNamed(number: number, overwrites: boolean): JobScript {
  const script = makeScript(number, new Dice(1), { isGentle: true, submitWithinMs: 0 });
  return { ...script, maps: 2, reduces: 1, output: OUTPUT, overwrites };
}

const modest = scriptNamed(0, false);
const overwriting = scriptNamed(1, true);

/** What is said of an output with these files where none of these jobs succeeded. */
function judge(
  jobs: readonly JobScript[],
  content: ReadonlyMap<string, string> | undefined,
  mayHaveFailedTwice = false,
): readonly string[] {
  const disk = new SimDisk();
  disk.makeDirectories('/out');
  if (content) disk.makeDirectories(OUTPUT);
  for (const [name, text] of content ?? []) disk.writeFile(`${OUTPUT}/${name}`, text);
  const said: string[] = [];
  const tell = (name: string, message: string): number => said.push(`${name}: ${message}`);
  const scripts = new Map(jobs.map((job) => [job.id, job]));
  const check = new OutputCheck({ disk, scripts }, new DurableJournal(tell), tell);
  check.mustBeUntouched(OUTPUT, mayHaveFailedTwice);
  return said;
}

const OLD = new Map([['part-00000', OLD_PART]]);

describe('an output of which no job succeeded', () => {
  it('keeps what was there for one job also when another one wanted a new place', () => {
    expect(judge([modest, overwriting], OLD)).toEqual([]);
    expect(judge([overwriting, modest], OLD)).toEqual([]);
  });

  it('is missed when what one of several jobs was to replace is gone', () => {
    const gone = [`I5: ${OUTPUT} is not there without a success`];
    expect(judge([modest, overwriting], undefined)).toEqual(gone);
    expect(judge([overwriting, modest], undefined)).toEqual(gone);
  });

  it('must not be there when nothing was there before', () => {
    expect(judge([modest], undefined)).toEqual([]);
    const there = [`I5: ${OUTPUT} is there without a success`];
    expect(judge([modest], oracle(modest))).toEqual(there);
  });

  it('must not have changed', () => {
    const wrong = judge([modest, overwriting], oracle(overwriting));
    expect(wrong).toEqual([expect.stringContaining('I5: the old output')]);
  });

  it('may be the whole one of any job there, but no other, where the undoing may fail too', () => {
    const jobs = [modest, overwriting];
    for (const job of jobs) expect(judge(jobs, oracle(job), true)).toEqual([]);
    expect(judge(jobs, new Map([['part-00000', 'neither\n']]), true)).toHaveLength(1);
  });
});
