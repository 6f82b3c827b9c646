#!/usr/bin/env python3
"""Reads "word<TAB>number" sorted by word, prints each word once, with the sum of its numbers."""

import itertools
import sys

records = (line.split(b"\t", 1) for line in sys.stdin.buffer)
for word, group in itertools.groupby(records, key=lambda record: record[0]):
    total = sum(int(number) for _, number in group)
    sys.stdout.buffer.write(b"%s\t%d\n" % (word, total))
