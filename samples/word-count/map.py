#!/usr/bin/env python3
"""Prints "word<TAB>1" for every word. A word is a run of ASCII letters, in lower case."""

import re
import sys

# Bytes, not text: the input may hold anything, and the locale must not matter.
for line in sys.stdin.buffer:
    for word in re.findall(rb"[A-Za-z]+", line):
        sys.stdout.buffer.write(word.lower() + b"\t1\n")
