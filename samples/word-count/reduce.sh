#!/bin/sh
# Reads "word<TAB>number" sorted by word and prints each word once, with the sum of its numbers.
tab=$(printf '\t')
word=''
sum=0
while IFS="$tab" read -r next number || [ -n "$next" ]; do
  if [ "$next" != "$word" ]; then
    [ -z "$word" ] || printf '%s\t%s\n' "$word" "$sum"
    word=$next
    sum=0
  fi
  sum=$((sum + number))
done
[ -z "$word" ] || printf '%s\t%s\n' "$word" "$sum"
