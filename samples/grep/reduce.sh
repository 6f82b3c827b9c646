#!/bin/sh
# Reads sorted lines and prints each different one once: "line<TAB>how often".
tab=$(printf '\t')
LC_ALL=C uniq -c | LC_ALL=C sed "s/^ *\([0-9][0-9]*\) \(.*\)\$/\2${tab}\1/"
