# Mapper of word count: every word with a one.
{ for (i = 1; i <= NF; i++) print $i "\t1" }
