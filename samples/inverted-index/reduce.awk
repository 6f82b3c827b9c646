#!/usr/bin/awk -f
# Reads "word<TAB>document" sorted by word; prints "word<TAB>document document ...".
# With --sort-values the documents of a word come sorted too, so equal ones are neighbours and
# nothing but the last one must be remembered.
BEGIN { FS = "\t" }
$1 "" != word {
  if (NR > 1) printf "\n"
  printf "%s\t%s", $1, $2
}
$1 "" == word && $2 "" != document { printf " %s", $2 }
{
  word = $1 ""
  document = $2 ""
}
END { if (NR > 0) printf "\n" }
