#!/usr/bin/awk -f
# Prints "word<TAB>1" for every word. A word is a run of ASCII letters, in lower case.
# The letters are spelled out because a range such as a-z depends on the locale in some awks.
{
  # A newline on both sides of every word: the even fields are the words.
  gsub(/[abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ]+/, "\n&\n")
  fields = split($0, field, "\n")
  for (at = 2; at <= fields; at += 2) print tolower(field[at]) "\t1"
}
