"""Other engines than one SQLite file with FTS5; each is loaded only when an archive is named that needs it."""
