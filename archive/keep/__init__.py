"""Keep what was archived: whole copies of the archive, how many of them to keep, and the proof that nothing is lost."""
