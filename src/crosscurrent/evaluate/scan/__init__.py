"""A scan: every detector over a universe of markets, the facts as Parquet, the same bytes however the work was divided."""
