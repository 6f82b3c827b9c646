#!/bin/sh
# Reads "user,time,page"; prints "day<TAB>user" for every click, the day being the date of the time.
exec sed "s/^\([^,]*\),\([^T]*\)T.*/\2$(printf '\t')\1/"
