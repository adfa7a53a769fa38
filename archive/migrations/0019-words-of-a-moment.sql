-- A story without a number of its own is known by its words and its moment. By the hash of the words alone, each story
-- touches another page of the index: in a large archive a third of all pages that a batch writes. By time they are one.
DROP INDEX stories_by_content;
CREATE INDEX stories_by_moment ON stories(agency, published, content_hash);
