#!/bin/sh
# Makes samples/*/expected/ from samples/texts/ with ordinary tools and nothing of the samples
# themselves, so that both ways to the same answer check each other.
# Usage: samples/make-expected.sh [DIRECTORY]   (default: samples, beside this script)
set -eu
export LC_ALL=C
samples=$(cd "$(dirname "$0")" && pwd)
to=${1:-$samples}
text=$samples/texts/opticks.txt
mkdir -p "$to/word-count/expected" "$to/grep/expected"

# Word count: one word a line, sorted, counted, the columns swapped.
tr 'A-Z' 'a-z' <"$text" | tr -c 'a-z' '\n' | sort | uniq -c |
  awk 'NF == 2 { print $2 "\t" $1 }' >"$to/word-count/expected/opticks.txt"

# grep: lines with "Refrangib", in the order of the text.
awk 'index($0, "Refrangib")' "$text" >"$to/grep/expected/lines.txt"

# grep, counted: every match of "[Rr]ef[lr][a-z]*".
perl -ne 'print "$&\n" while /[Rr]ef[lr][a-z]*/g' "$text" | sort | uniq -c |
  awk '{ print $2 "\t" $1 }' >"$to/grep/expected/matches.txt"
