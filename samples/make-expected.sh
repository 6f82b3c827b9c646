#!/bin/sh
# Makes samples/*/expected/ from the samples' inputs with ordinary tools and nothing of the samples
# themselves, so that both ways to the same answer check each other.
# Usage: samples/make-expected.sh [DIRECTORY [INPUTS]]   (default: samples, beside this script)
set -eu
export LC_ALL=C
samples=$(cd "$(dirname "$0")" && pwd)
to=$(mkdir -p "${1:-$samples}" && cd "${1:-$samples}" && pwd)
cd "${2:-$samples}"
text=texts/opticks.txt
tab=$(printf '\t')
for sample in word-count grep inverted-index join sort log-analysis top-n sessions distinct-users; do
  mkdir -p "$to/$sample/expected"
done

# The words of a text, one a line.
words() {
  tr 'A-Z' 'a-z' <"$1" | tr -c 'a-z' '\n' | grep .
}

# The lines of stdin, sorted: "line<TAB>how often".
count() {
  sort | uniq -c | sed "s/^ *\([0-9]*\) \(.*\)/\2$tab\1/"
}

words $text | count >"$to/word-count/expected/opticks.txt"

# grep: lines with "Refrangib", in the order of the text.
awk 'index($0, "Refrangib")' $text >"$to/grep/expected/lines.txt"

# grep, counted: every match of "[Rr]ef[lr][a-z]*".
perl -ne 'print "$&\n" while /[Rr]ef[lr][a-z]*/g' $text | count >"$to/grep/expected/matches.txt"

# Inverted index: the pairs without repetition, one word a line.
for document in inverted-index/documents/*.txt; do
  words "$document" | sed "s/$/ $(basename "$document" .txt)/"
done | sort -u | awk '
  $1 != word { printf "%s%s\t%s", separator, $1, $2; word = $1; separator = "\n"; next }
  { printf " %s", $2 }
  END { print "" }' >"$to/inverted-index/expected/index.txt"

# Join: as coreutils does it.
sort -t , -k1,1 join/customers.csv >"$to/join/expected/customers"
sort -t , -k2,2 join/orders.csv >"$to/join/expected/orders"
join -t , -1 1 -2 2 "$to/join/expected/customers" "$to/join/expected/orders" |
  sort >"$to/join/expected/rows.csv"
rm "$to/join/expected/customers" "$to/join/expected/orders"

# Sort: only the checksum, for the text is here already.
sort $text | cksum >"$to/sort/expected/cksum.txt"

# Log analysis: damaged lines have no quotes.
grep '"' log-analysis/access.log | cut -d ' ' -f 7 | cut -d '?' -f 1 |
  count >"$to/log-analysis/expected/paths.txt"

# Error rates: "YYYY-MM-DDTHH 0" or "... 1" a request, counted as text.
perl -ne 'print "$3-0$2-$1T$4 ", ($5 =~ /^5/ ? 1 : 0), "\n"
  if s/Mar/3/ && m{\[(\d+)/(\d)/(\d+):(\d+):.*" (\d+) \d+$}' log-analysis/access.log |
  count | awk -F "[ $tab]" '
  { requests[$1] += $3; errors[$1] += $2 * $3 }
  END {
    for (hour in requests)
      printf "%s\t%.1f %d %d\n", hour, 100 * errors[hour] / requests[hour], errors[hour], requests[hour]
  }' | sort >"$to/log-analysis/expected/hours.txt"

# Top ten.
words $text | sort | uniq -c | sort -k1,1nr -k2 | awk 'NR <= 10 { print $2 "\t" $1 }' \
  >"$to/top-n/expected/top-10.txt"

# Sessions: everything in memory, times as seconds.
python3 - sessions/clicks.csv >"$to/sessions/expected/sessions.csv" <<'PYTHON'
import sys
from datetime import datetime

users = {}
for line in open(sys.argv[1]):
    user, time, _ = line.split(",")
    users.setdefault(user, []).append(datetime.fromisoformat(time))
for user, times in sorted(users.items()):
    times.sort()
    cuts = [i for i in range(1, len(times)) if (times[i] - times[i - 1]).total_seconds() > 1800]
    for first, end in zip([0, *cuts], [*cuts, len(times)]):
        print(user, times[first].isoformat(), times[end - 1].isoformat(), end - first, sep=",")
PYTHON

# Distinct users: the pairs without repetition, then the days counted.
tr 'T' ',' <sessions/clicks.csv | awk -F , '{ print $2, $1 }' | sort -u | cut -d ' ' -f 1 |
  count >"$to/distinct-users/expected/days.txt"
