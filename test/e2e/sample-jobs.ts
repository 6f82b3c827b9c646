import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The samples as jobs: what the tests run on daemons, with --local and as a pipeline. */
export interface SampleJob {
  readonly name: string;
  readonly mapper: string;
  /** Undefined for a map-only job. */
  readonly reducer: string | undefined;
  /** An interpreter that is not on this machine. */
  readonly missing: string | undefined;
}

const ROOT = join(import.meta.dirname, '../../samples');
export const TEXT = join(ROOT, 'texts/opticks.txt');

function wordCount(language: string, interpreter: string): SampleJob {
  return {
    name: `word-count in ${language}`,
    mapper: join(ROOT, `word-count/map.${language}`),
    reducer: join(ROOT, `word-count/reduce.${language}`),
    missing: isThere(interpreter) ? undefined : interpreter,
  };
}

function isThere(interpreter: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${interpreter}`]).status === 0;
}

export const SAMPLES: readonly SampleJob[] = [
  wordCount('sh', 'sh'),
  wordCount('awk', 'awk'),
  wordCount('py', 'python3'),
  wordCount('js', 'node'),
  {
    name: 'grep, the lines',
    mapper: `${join(ROOT, 'grep/map.sh')} Refrangib`,
    reducer: undefined,
    missing: undefined,
  },
  {
    name: 'grep, counted',
    mapper: `${join(ROOT, 'grep/map-matches.sh')} '[Rr]ef[lr][a-z]*'`,
    reducer: join(ROOT, 'grep/reduce.sh'),
    missing: undefined,
  },
];
