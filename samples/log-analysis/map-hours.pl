#!/usr/bin/env perl
# Reads an access log in Common Log Format; prints "hour<TAB>errors requests" for every request: the
# hour as 2026-03-02T09, so that byte order is the order of time; errors is 1 for a status 5xx, else 0.
use strict;
use warnings;

my @names = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
my %month = map { $names[$_] => $_ + 1 } 0 .. 11;

while (my $line = <STDIN>) {
    my ($day, $name, $year, $hour, $status) =
        $line =~ m{^[^\[]*\[(\d\d)/(\w\w\w)/(\d{4}):(\d\d):[^"]*"[^"]*" (\d{3}) };
    next unless defined $status and $month{$name};
    printf "%s-%02d-%sT%s\t%d 1\n", $year, $month{$name}, $day, $hour, $status =~ /^5/ ? 1 : 0;
}
