# Reducer of word count: adds up the numbers of a key, over sorted lines.
BEGIN { FS = "\t" }
$1 != key { if (NR > 1) print key "\t" sum; key = $1; sum = 0 }
{ sum += $2 }
END { if (NR > 0) print key "\t" sum }
