# Reducer: minimum, mean and maximum of a key, over sorted lines. Adds up tenths, which are whole
# numbers, so that the order of the values does not matter.
BEGIN { FS = "\t" }
$1 != key { if (NR > 1) show(); key = $1; sum = 0; count = 0; low = 1e9; high = -1e9 }
{ tenths = $2 * 10; sum += tenths; count++ }
tenths < low { low = tenths }
tenths > high { high = tenths }
END { if (NR > 0) show() }
function show() { printf "%s\t%.1f/%.3f/%.1f\n", key, low / 10, sum / count / 10, high / 10 }
