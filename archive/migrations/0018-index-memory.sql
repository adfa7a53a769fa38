-- What the index gathers in memory before it writes, in bytes: a batch of 500 stories takes 3 MB, and written in one
-- part it is merged less often (https://sqlite.org/fts5.html, 6.6; by itself 1 MB).

INSERT INTO story_index (story_index, rank) VALUES ('hashsize', 4194304);
