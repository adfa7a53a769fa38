"""The commands that crawl: one module each."""
