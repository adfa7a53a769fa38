"""Saved searches: every stored story is held against them, and what matches is written to a feed each."""
