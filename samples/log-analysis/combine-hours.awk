#!/usr/bin/awk -f
# The combiner. Reads "hour<TAB>errors requests" sorted by hour; prints the same with both added up.
# Rates of parts cannot be averaged into the rate of the whole: so the sums travel, and only
# reduce-hours.awk, which runs once per hour, divides.
$1 != hour {
  if (NR > 1) print hour "\t" errors, requests
  hour = $1
  errors = requests = 0
}
{
  errors += $2
  requests += $3
}
END { if (NR > 0) print hour "\t" errors, requests }
