#!/usr/bin/env python3
"""Reads a text; prints "word<TAB>document" for every different word of it.

A document is named by its file, which Muster tells in the environment. There is one process per
file; a large file is cut into several splits, so the same pair may come again from another process.
"""

import os
import re
import sys

document = os.path.basename(os.environb[b"mapreduce_map_input_file"]).removesuffix(b".txt")
words = {word.lower() for line in sys.stdin.buffer for word in re.findall(rb"[A-Za-z]+", line)}
for word in words:
    sys.stdout.buffer.write(word + b"\t" + document + b"\n")
