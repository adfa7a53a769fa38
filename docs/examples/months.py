"""Read the months that `bayegan export --months ADDRESS` wrote, with DuckDB.

    pip install duckdb
    bayegan export --months months/
    python docs/examples/months.py months/ بودجه

Prints how many stories each agency published in each Jalali month, and how many hold the word. Of an address like
s3://bucket/news DuckDB reads only the columns and months it is asked for. Dask and Spark read the same folder:

    dask.dataframe.read_parquet("months/", columns=["agency", "title"])
    spark.read.parquet("months/").groupBy("agency", "month").count()
"""

import sys

import duckdb


def main(address: str, word: str = "") -> None:
    """Print the table."""
    found = duckdb.sql(
        """
        SELECT agency, month, count(*) AS stories, count(*) FILTER (contains(title || ' ' || body, $word)) AS with_word,
               count(*) FILTER (revision > 1) AS changed, count(*) FILTER (id <> cluster) AS copies
        FROM read_parquet($files, hive_partitioning = true, hive_types = {'month': VARCHAR, 'agency': VARCHAR})
        GROUP BY agency, month ORDER BY month, agency
        """,
        params={"files": f"{address.rstrip('/')}/*/*/*.parquet", "word": word},
    )
    print(*found.columns, sep="\t")
    for row in found.fetchall():
        print(*row, sep="\t")


if __name__ == "__main__":
    main(*sys.argv[1:])
