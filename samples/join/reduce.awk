#!/usr/bin/awk -f
# Reads what map.awk prints, sorted by customer and then by value (--sort-values), and prints
# "customer,name,city,order,date,amount" for every order.
# Tag 1 sorts before tag 2: the customer is there before the first order, and one row is all that
# must be remembered, however many orders follow. An order of nobody is counted, not printed.
BEGIN { FS = "\t" }
{ row = substr($2, 3) }
$2 ~ /^1/ {
  known = $1
  customer = row
}
$2 ~ /^2/ && $1 "" == known "" { print $1 "," customer "," row }
$2 ~ /^2/ && $1 "" != known "" { print "reporter:counter:join,orders of nobody,1" >"/dev/stderr" }
