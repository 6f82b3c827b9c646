import { type BuiltinName, formatCommand } from '../../runtime/programs/command-words.ts';
import type { RecordCut } from './record-cut.ts';

/** Cuts a line into `key` and `value`; `bare` when it has no value. */
const CUT = `function cut(  i, at, p) {
  bare = 1; key = $0; value = ""
  for (i = 0; i < N; i++) {
    p = index(substr($0, at + 1), S)
    if (!p) return
    at += p
  }
  bare = 0; key = substr($0, 1, at - 1); value = substr($0, at + 1)
}`;

const NUMBER = String.raw`/^[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)$/`;

/** What awk does at the first line of a key, at each of its lines, and after the last. */
interface AwkFold {
  readonly begin: string;
  readonly add: string;
  readonly end: string;
}

/** Awk counts in doubles: exact below 2^53 only. */
const SUM: AwkFold = {
  begin: 'total = digits = 0',
  add: `if (bare || value !~ ${NUMBER}) { print "not a number: " $0 > "/dev/stderr"; exit failed = 1 }
  point = index(value, ".")
  if (point && length(value) - point > digits) digits = length(value) - point
  total += value`,
  end: 'printf "%s%s%.*f\\n", last, S, digits, total',
};
const COUNT: AwkFold = { begin: 'n = 0', add: 'n++', end: 'print last S n' };
const FIRST: AwkFold = { begin: 'line = $0', add: '', end: 'print line' };

/** By number if all values are numbers, else by bytes: which of the two shows at the key's end. */
function extreme(order: '<' | '>', isBare: string): AwkFold {
  return {
    begin: 'n = bares = 0; numbers = 1',
    add: `if (bare) bares++
  if (value !~ ${NUMBER}) numbers = 0
  if (n == bares - bare || value "" ${order} text "") text = value
  if (!n || value + 0 ${order} number + 0 || value + 0 == number + 0 && value "" < number "") number = value
  n++`,
    end: `if (${isBare}) print last; else print last S (numbers ? number : text)`,
  };
}

const FOLDS: Readonly<Record<Exclude<BuiltinName, 'identity' | 'distinct'>, AwkFold>> = {
  sum: SUM,
  count: COUNT,
  first: FIRST,
  min: extreme('<', 'bares'),
  max: extreme('>', 'bares == n'),
};

/**
 * A built-in as a command that reads lines sorted as Muster sorts them; undefined for `identity`,
 * which needs none.
 */
export function builtinCommand(name: BuiltinName, cut: RecordCut): string | undefined {
  if (name === 'identity') return undefined;
  if (name === 'distinct') return 'env LC_ALL=C uniq';
  return `env LC_ALL=C ${formatCommand(['awk', awkProgram(FOLDS[name], cut)])}`;
}

function awkProgram(fold: AwkFold, cut: RecordCut): string {
  const { define, perform } = awkCut(cut);
  return `${define}
{
  ${perform}
  if (NR > 1 && key "" != last "") finish()
  if (NR == 1 || key "" != last "") { last = key; ${fold.begin} }
  ${fold.add}
}
function finish() { ${fold.end} }
END { if (NR && !failed) finish() }`;
}

/** Keys of one field are worth a shorter program. */
function awkCut({ separator, keyFields }: RecordCut): { define: string; perform: string } {
  const begin = `BEGIN { FS = S = ${awkText(separator)}`;
  if (keyFields === 0) return { define: `${begin} }`, perform: 'key = $0; value = ""; bare = 1' };
  // A single blank would stand for any white space.
  if (keyFields === 1 && separator.length === 1 && separator !== ' ') {
    const value = 'value = substr($0, length($1) + 2)';
    return { define: `${begin} }`, perform: `key = $1; bare = NF < 2; ${value}` };
  }
  return { define: `${begin}; N = ${String(keyFields)} }\n${CUT}`, perform: 'cut()' };
}

function awkText(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\t', '\\t');
  return `"${escaped}"`;
}
