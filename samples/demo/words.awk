# Prints "word<TAB>1" for every word between blanks.
{ for (i = 1; i <= NF; i++) print $i "\t1" }
