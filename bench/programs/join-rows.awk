# Reducer of the join: the customer of a key comes first ("N" and a name), then the orders.
BEGIN { FS = "\t" }
substr($2, 1, 1) == "N" { key = $1; name = $2; next }
$1 == key { print $1 "\t" name "\t" $2 }
