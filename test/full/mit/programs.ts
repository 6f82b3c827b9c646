import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scaledMs } from '../dials.ts';

/** The applications of the MIT tests, written anew as programs that read stdin and write stdout. */
export interface Programs {
  /** Where programs leave marks for the test and for each other. */
  readonly marks: string;
  /** The path of one of them. */
  readonly path: (name: keyof typeof SCRIPTS) => string;
}

/** `nap N` sleeps for N seconds of the real tests. */
const NAP = `nap() { sleep "$(awk -v n="$1" 'BEGIN { print n * ${String(scaledMs(1) / 1000)} }')"; }`;

/**
 * Waits until another task of the stage `$1` is alive too, and then a second, so that the other
 * one sees this; after two seconds it is alone.
 */
const MEET = `
${NAP}
meet() {
  mark=MARKS/$1-$$
  : >"$mark"
  seen=1
  for look in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    seen=0
    for other in MARKS/$1-*; do
      if kill -0 "\${other##*-}" 2>/dev/null; then seen=$((seen + 1)); fi
    done
    if [ "$seen" -gt 1 ]; then break; fi
    nap 0.1
  done
  nap 1
  rm "$mark"
}`;

/** A number below 1000 that depends on the seed and the attempt alone, and on the word `$1`. */
const DRAW = `
draw() { printf '%s %s %s' "$1" "$SEED" "$mapreduce_task_attempt_id" | md5sum | cut -c1-6 | {
  read -r hex; echo $((0x$hex % 1000)); }; }`;

/** A third dies in some way, a third takes up to ten seconds, the rest goes on. */
const maybeCrash = (die: string): string => `${NAP}
${DRAW}
fate=$(draw fate)
if [ "$fate" -lt 330 ]; then
  ${die}
elif [ "$fate" -lt 660 ]; then
  nap "$(draw nap | sed 's/$/ 100/' | awk '{ print $1 / $2 }')"
fi
exec "$@"`;

const SCRIPTS = {
  /** `word<TAB>1` for each word. */
  'wc-map': `tr -cs 'A-Za-z' '\\n' | sed -n 's/.\\{1,\\}/&\\t1/p'`,
  'wc-reduce': `awk -F '\\t' '
    function print_it() { if (NR > 1) print word "\\t" count }
    $1 != word { print_it(); word = $1; count = 0 }
    { count += $2 }
    END { if (NR > 0) print word "\\t" count }'`,
  /** `word<TAB>file` once for each word of a file. */
  'indexer-map': `file=$(basename "$mapreduce_map_input_file")
    tr -cs 'A-Za-z' '\\n' | sed '/^$/d' | LC_ALL=C sort -u | sed "s/$/\\t$file/"`,
  /** `word<TAB>how many files, their names`. */
  'indexer-reduce': `awk -F '\\t' '
    function print_it() { if (NR > 1) print word "\\t" count " " files }
    $1 != word { print_it(); word = $1; count = 0; files = "" }
    { files = files (count++ ? "," : "") $2 }
    END { if (NR > 0) print word "\\t" count " " files }'`,
  /** Which Worker ran it, and how many maps were alive meanwhile. */
  'parallel-map': `${MEET}
    cat >/dev/null
    meet map
    printf 'worker\\t%s\\nalive\\t%s\\n' "$mapreduce_worker_id" "$seen"`,
  'key-map': `cat >/dev/null; printf '%s\\t1\\n' a b c d e f g h i j`,
  'parallel-reduce': `${MEET}
    cut -f 1 | uniq | while read -r key; do meet reduce; printf '%s\\t%s\\n' "$key" "$seen"; done`,
  /** Leaves a mark of its own for each run, and takes two to five seconds. */
  'count-map': `${NAP}
    cat >/dev/null
    : >"MARKS/run-$mapreduce_task_attempt_id-$$"
    nap "$(($$ % 4 + 2))"
    printf 'run\\t1\\n'`,
  /** Two of the ten keys take three seconds. */
  'late-reduce': `${NAP}
    cut -f 1 | uniq | while read -r key; do
      case $key in c | d) nap 3 ;; esac
      printf '%s\\t1\\n' "$key"
    done`,
  /** Kills its own Worker, or sleeps, or neither, and then is the program behind it. */
  'worker-dies': maybeCrash(`kill -9 "$(cat "MARKS/pid-$mapreduce_worker_id")"; nap 600`),
  /** The same, but only the program dies. */
  'program-fails': maybeCrash('exit 1'),
} as const;

/** Writes all of them into a directory. */
export async function writePrograms(directory: string): Promise<Programs> {
  const marks = join(directory, 'marks');
  await mkdir(marks);
  const path = (name: string): string => join(directory, name);
  for (const [name, body] of Object.entries(SCRIPTS)) {
    await writeFile(path(name), `#!/bin/bash\n${body.replaceAll('MARKS', marks)}\n`);
    await chmod(path(name), 0o755);
  }
  return { marks, path };
}
