#!/bin/sh
# top.sh N: reads "word<TAB>count" in any order; prints the N lines with the largest counts, largest
# first, equal ones by word.
# The mapper and the reducer of the second job: the N largest of all are among the N largest of
# every split, so each map sends on N lines at most, and one reducer picks from those.
LC_ALL=C sort -t "$(printf '\t')" -k2,2nr -k1,1 | head -n "$1"
