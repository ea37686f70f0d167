"""Groups exported vectors on many machines, with KMeans of Spark MLlib.

    spark-submit spark_job.py --tracks 'OUT/*.parquet' --method musicnn --n 200 --to groups.csv
    indexer import --assignment groups.csv --method musicnn

groups.csv has the content id of each song, in hexadecimal digits, and the number of its group. Vectors are brought to unit length,
as indexer compares those of models; the columns of mfcc, which are of different units, are standardised before. Needs pyspark with
numpy, and a Java runtime.
"""

import argparse
import csv
import glob
import os

from pyspark.ml.clustering import KMeans
from pyspark.ml.feature import Normalizer, StandardScaler
from pyspark.ml.functions import array_to_vector
from pyspark.sql import SparkSession, functions


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tracks", required=True, help="Parquet files of `indexer export` or `indexer embed`, or a pattern")
    parser.add_argument("--method", required=True, help="the method whose vectors are grouped")
    parser.add_argument("--n", type=int, required=True, help="how many groups")
    parser.add_argument("--to", required=True, help="the file of the groups")
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()

    spark = SparkSession.builder.appName("indexer").getOrCreate()
    # A recording that lies in several shards is one song.
    column = f"vector_{options.method}"
    songs = spark.read.parquet(*(glob.glob(options.tracks) or [options.tracks])).select("content_id", column)
    songs = songs.where(functions.col(column).isNotNull()).dropDuplicates(["content_id"])
    songs = songs.withColumn("raw", array_to_vector(column))
    if options.method == "mfcc":
        scaler = StandardScaler(inputCol="raw", outputCol="scaled", withMean=True).fit(songs)
        songs = scaler.transform(songs).drop("raw").withColumnRenamed("scaled", "raw")
    songs = Normalizer(inputCol="raw", outputCol="features").transform(songs).select("content_id", "features").cache()
    model = KMeans(k=options.n, seed=options.seed, initSteps=5, maxIter=50).fit(songs)
    groups = model.transform(songs).select(functions.lower(functions.hex("content_id")).alias("content_id"), "prediction")
    # Half a list would be taken for a whole one.
    begun = options.to + ".begun"
    with open(begun, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["content_id", "group"])
        for row in groups.orderBy("content_id").toLocalIterator():
            writer.writerow([row["content_id"], row["prediction"]])
    os.replace(begun, options.to)
    print(f"{songs.count()} songs in {options.n} groups: {options.to}; within-cluster sum of squares {model.summary.trainingCost:.2f}")
    spark.stop()


if __name__ == "__main__":
    main()
