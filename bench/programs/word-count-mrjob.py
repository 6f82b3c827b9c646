"""Word count as an mrjob job, with the same programs; run with -r local."""

from mrjob.job import MRJob


class WordCount(MRJob):
    FILES = ["split-words.awk", "sum-groups.awk"]

    def mapper_cmd(self):
        return "mawk -f split-words.awk"

    def reducer_cmd(self):
        return "mawk -f sum-groups.awk"


if __name__ == "__main__":
    WordCount.run()
