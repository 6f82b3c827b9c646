# Mapper of the access log: the bytes sent for a path, where it was found.
$9 == 200 { print $7 "\t" $10 }
