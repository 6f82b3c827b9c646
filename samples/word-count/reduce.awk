#!/usr/bin/awk -f
# Reads "word<TAB>number" sorted by word and prints each word once, with the sum of its numbers.
# The "" makes awk compare words as text: to some awks "inf" and "nan" are numbers otherwise.
# "%.0f" keeps mawk from printing 6000000000 as 6e+09.
BEGIN { FS = "\t" }
$1 "" != word {
  if (NR > 1) printf "%s\t%.0f\n", word, sum
  word = $1 ""
  sum = 0
}
{ sum += $2 }
END { if (NR > 0) printf "%s\t%.0f\n", word, sum }
