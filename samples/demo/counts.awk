# Reads "word<TAB>number" sorted by word and prints each word once, with the sum of its numbers.
# The "" makes awk compare words as text: to some awks "inf" and "nan" are numbers otherwise.
BEGIN { FS = "\t" }
$1 "" != word { if (NR > 1) print word "\t" sum; word = $1 ""; sum = 0 }
{ sum += $2 }
END { if (NR > 0) print word "\t" sum }
