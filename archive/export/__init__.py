"""Give the archive away: whole (JSON Lines), as a table (CSV, Parquet) or as a feed (Atom); read the whole back in."""
