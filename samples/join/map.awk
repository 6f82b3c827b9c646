#!/usr/bin/awk -f
# Reads one of two tables and prints "customer<TAB>tag,rest of the row":
#   customers.csv  customer,name,city            ->  customer<TAB>1,name,city
#   orders.csv     order,customer,date,amount    ->  customer<TAB>2,order,date,amount
# Which of them it is says the environment: no process ever reads from two files.
BEGIN {
  FS = ","
  isCustomers = ENVIRON["mapreduce_map_input_file"] ~ /customers[^\/]*$/
}
isCustomers { print $1 "\t1," $2 "," $3 }
!isCustomers { print $2 "\t2," $1 "," $3 "," $4 }
