-- Which raw page each revision of a story was read from: the SHA-256 of its body, in the file of a Jalali month.
CREATE TABLE story_pages (
    story    INTEGER NOT NULL REFERENCES stories(id),
    revision INTEGER NOT NULL,
    month    TEXT NOT NULL,
    page     TEXT NOT NULL,
    fetched  TEXT NOT NULL,
    PRIMARY KEY (story, revision)
) STRICT, WITHOUT ROWID;

-- The raw page of a link that gave no story, as it was seen last.
CREATE TABLE link_pages (
    link    INTEGER PRIMARY KEY REFERENCES links(id),
    month   TEXT NOT NULL,
    page    TEXT NOT NULL,
    fetched TEXT NOT NULL
) STRICT;
