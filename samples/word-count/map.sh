#!/bin/sh
# Prints "word<TAB>1" for every word. A word is a run of ASCII letters, in lower case.
export LC_ALL=C
tab=$(printf '\t')
tr -cs 'A-Za-z' '\n' | tr 'A-Z' 'a-z' | sed -n "s/.\{1,\}/&${tab}1/p"
