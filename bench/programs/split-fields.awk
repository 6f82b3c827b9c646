# Mapper of minimum, mean and maximum: a station and a temperature.
BEGIN { FS = ";" }
{ print $1 "\t" $2 }
