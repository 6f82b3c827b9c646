#!/usr/bin/env python3
"""Reads "day<TAB>user" sorted by day and then by user; prints "day<TAB>number of different users".

The combiner `distinct` leaves each user once per map, but the same one may come from several maps.
With --sort-values these are neighbours: a million users need no more memory than one.
"""

import itertools
import sys

lines = itertools.groupby(sys.stdin.buffer)  # Equal neighbours become one.
days = itertools.groupby(line.split(b"\t", 1)[0] for line, _ in lines)
for day, users in days:
    print(day.decode(), sum(1 for _ in users), sep="\t")
