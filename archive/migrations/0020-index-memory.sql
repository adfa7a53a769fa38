-- What the index gathers in memory before it writes, in bytes: a batch of 1,000 stories takes 6 MB.

INSERT INTO story_index (story_index, rank) VALUES ('hashsize', 8388608);
