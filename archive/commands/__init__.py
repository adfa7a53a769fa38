"""The commands that ask the archive: one module each."""
