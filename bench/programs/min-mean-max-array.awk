# Minimum, mean and maximum by one process: everything in arrays, nothing sorted.
BEGIN { FS = ";" }
{
  tenths = $2 * 10
  if (!($1 in count)) { low[$1] = 1e9; high[$1] = -1e9 }
  sum[$1] += tenths
  count[$1]++
  if (tenths < low[$1]) low[$1] = tenths
  if (tenths > high[$1]) high[$1] = tenths
}
END {
  for (key in count)
    printf "%s\t%.1f/%.3f/%.1f\n", key, low[key] / 10, sum[key] / count[key] / 10, high[key] / 10
}
