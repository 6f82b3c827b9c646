#!/bin/sh
# map-matches.sh PATTERN: prints what matched, one match a line, for reduce.sh to count.
LC_ALL=C grep -o -e "$1" || [ $? -eq 1 ]
