"""Word count of input.txt in DuckDB, on two threads, to the file that is named."""

import sys

import duckdb

duckdb.sql("SET threads = 2")
duckdb.sql(
    f"""
    COPY (
      SELECT word, count(*)
      FROM (
        SELECT unnest(string_split(line, ' ')) AS word
        FROM read_csv('input.txt', columns = {{'line': 'VARCHAR'}}, header = false,
                      delim = '\t', quote = '', escape = '')
      )
      GROUP BY word
    ) TO '{sys.argv[1]}' (DELIMITER '\t', HEADER false, QUOTE '')
    """
)
