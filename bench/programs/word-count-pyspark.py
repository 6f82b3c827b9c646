"""Word count of input.txt in Spark, on two threads, to the directory that is named."""

import sys

from pyspark import SparkContext
from pyspark.sql import SparkSession
from pyspark.sql.functions import explode, split

# Fewer tasks than by default, which are for clusters, and no web page: faster for this size.
spark = (
    SparkSession.builder.master("local[2]")
    .appName("word count")
    .config("spark.sql.shuffle.partitions", 4)
    .config("spark.ui.enabled", False)
    .getOrCreate()
)
spark.sparkContext.setLogLevel("ERROR")
lines = spark.read.text("input.txt")
words = lines.select(explode(split("value", " ")).alias("word"))
words.groupBy("word").count().write.csv(sys.argv[1], sep="\t")

# Its Java process is waited for, so that its CPU time is known.
gateway = SparkContext._gateway
spark.stop()
gateway.shutdown()
gateway.proc.stdin.close()
gateway.proc.wait()
