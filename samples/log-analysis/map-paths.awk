#!/usr/bin/awk -f
# Reads an access log in Common Log Format; prints "path<TAB>1" for every request, without the query.
# A damaged line is not an error: it is counted, and the report of the job shows how many there were.
{
  if (split($0, quoted, "\"") != 3) {
    print "reporter:counter:log,damaged lines,1" >"/dev/stderr"
    next
  }
  split(quoted[2], request, /[ ?]/)
  print request[2] "\t1"
}
