#!/bin/sh
# run.sh N INPUT OUTPUT [OPTION...]: makes OUTPUT with the N commonest words of INPUT, in two jobs.
# The output of the first, OUTPUT-counts, is the input of the second. OPTIONs go to both, as --local
# or --manager-port 6001. A job that fails ends the script: its output is not there, not even half.
set -eu
top=$1 input=$2 output=$3
shift 3
samples=$(dirname "$(dirname "$0")")

mapreduce-submit --input "$input" --output "$output-counts" "$@" \
  --mapper "$samples/word-count/map.sh" --combiner sum --reducer sum

mapreduce-submit --input "$output-counts" --output "$output" "$@" --num-reducers 1 \
  --mapper "$samples/top-n/top.sh $top" --reducer "$samples/top-n/top.sh $top"
