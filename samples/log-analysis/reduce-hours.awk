#!/usr/bin/awk -f
# Reads "hour<TAB>errors requests" sorted by hour; prints "hour<TAB>percent errors requests".
$1 != hour {
  if (NR > 1) printf "%s\t%.1f %d %d\n", hour, 100 * errors / requests, errors, requests
  hour = $1
  errors = requests = 0
}
{
  errors += $2
  requests += $3
}
END { if (NR > 0) printf "%s\t%.1f %d %d\n", hour, 100 * errors / requests, errors, requests }
