-- What a search is planned with.

-- How many stories hold a term of the index. Only plans rest on it, so it may lag behind (archive.search.frequencies).
CREATE TABLE frequencies (
    term    TEXT PRIMARY KEY,
    stories INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How many stories are filed under each day (the first eight digits of their ids).
CREATE TABLE days (
    day     INTEGER PRIMARY KEY,
    stories INTEGER NOT NULL
) STRICT;
INSERT INTO days SELECT id / 1000000, count(*) FROM stories GROUP BY 1;

-- The index anew: filters by byline and credit, and the body first, whose words are written two bytes shorter there.
DROP TABLE story_index;
DROP VIEW story_terms;
CREATE VIEW story_terms AS
SELECT id, fa_words(body) AS body, fa_words(kicker || ' ' || lead) AS lead, fa_words(title) AS title,
       fa_stems(title, kicker || ' ' || lead, body) AS stems,
       fa_meta(agency, kind, section, tags, byline, credit) AS meta
FROM stories;
CREATE VIRTUAL TABLE story_index USING fts5(
    body, lead, title, stems, meta,
    content='story_terms', content_rowid='id', tokenize="ascii tokenchars ':_'"
);
DELETE FROM versions WHERE part = 'index';
