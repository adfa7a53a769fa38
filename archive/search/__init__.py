"""Find stories: what is written into the index, what a query means, and the hits with their snippets."""
