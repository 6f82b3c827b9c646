# Reducer of word count: adds up the numbers of a key, over sorted lines. mawk's print would round
# sums above 2^31 to six digits.
BEGIN { FS = "\t" }
$1 != key { if (NR > 1) printf "%s\t%.0f\n", key, sum; key = $1; sum = 0 }
{ sum += $2 }
END { if (NR > 0) printf "%s\t%.0f\n", key, sum }
