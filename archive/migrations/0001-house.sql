-- Agencies, stories and their revisions, the frontier, the ledger of crawls, the index.

CREATE TABLE agencies (
    key  TEXT PRIMARY KEY,
    name TEXT NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;

-- A story's id is its day (Tehran, yyyymmdd) x 1,000,000 + a number of that day: newest first is the order of ids.
CREATE TABLE stories (
    id            INTEGER PRIMARY KEY,
    agency        TEXT NOT NULL REFERENCES agencies(key),
    story_id      TEXT,
    url           TEXT NOT NULL,
    address       TEXT NOT NULL,
    kind          TEXT NOT NULL,
    kicker        TEXT NOT NULL,
    title         TEXT NOT NULL,
    lead          TEXT NOT NULL,
    body          TEXT NOT NULL,
    published     TEXT,
    published_raw TEXT NOT NULL,
    modified      TEXT,
    byline        TEXT NOT NULL,
    section       TEXT NOT NULL,
    tags          TEXT NOT NULL CHECK (json_valid(tags)),
    images        TEXT NOT NULL CHECK (json_valid(images)),
    credit        TEXT CHECK (credit IS NULL OR json_valid(credit)),
    dates         TEXT NOT NULL CHECK (json_valid(dates)),
    short_link    TEXT NOT NULL,
    boilerplate   TEXT NOT NULL CHECK (json_valid(boilerplate)),
    extractor     TEXT NOT NULL,
    content_hash  TEXT NOT NULL,
    revision      INTEGER NOT NULL DEFAULT 1,
    revised       TEXT, -- when this revision was first seen; NULL = it is the first
    first_seen    TEXT NOT NULL,
    last_seen     TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX stories_by_story_id ON stories(agency, story_id) WHERE story_id IS NOT NULL;
CREATE INDEX stories_by_address ON stories(agency, address);
CREATE INDEX stories_by_content ON stories(content_hash);
CREATE INDEX stories_by_published ON stories(published);

-- What a story said before: superseded revisions only, the current one stands in stories.
CREATE TABLE revisions (
    story        INTEGER NOT NULL REFERENCES stories(id),
    number       INTEGER NOT NULL,
    kicker       TEXT NOT NULL,
    title        TEXT NOT NULL,
    lead         TEXT NOT NULL,
    body         TEXT NOT NULL,
    modified     TEXT,
    content_hash TEXT NOT NULL,
    first_seen   TEXT NOT NULL,
    last_seen    TEXT NOT NULL,
    PRIMARY KEY (story, number)
) STRICT, WITHOUT ROWID;

-- The frontier.
CREATE TABLE links (
    id         INTEGER PRIMARY KEY,
    agency     TEXT NOT NULL REFERENCES agencies(key),
    url        TEXT NOT NULL,
    address    TEXT NOT NULL,
    found_in   TEXT NOT NULL,
    title      TEXT NOT NULL,
    published  TEXT,
    modified   TEXT,
    state      TEXT NOT NULL DEFAULT 'discovered'
               CHECK (state IN ('discovered', 'leased', 'done', 'empty', 'blocked', 'missing', 'failed',
                                'quarantined')),
    attempts   INTEGER NOT NULL DEFAULT 0,
    discovered TEXT NOT NULL,
    next_look  TEXT,
    reason     TEXT NOT NULL DEFAULT '',
    story      INTEGER REFERENCES stories(id),
    UNIQUE (agency, address)
) STRICT;
CREATE INDEX links_by_next_look ON links(agency, next_look) WHERE next_look IS NOT NULL;

-- What a feed or sitemap said of itself last time, for conditional GET (RFC 9110 section 13).
CREATE TABLE feeds (
    agency        TEXT NOT NULL REFERENCES agencies(key),
    url           TEXT NOT NULL,
    etag          TEXT NOT NULL DEFAULT '',
    last_modified TEXT NOT NULL DEFAULT '',
    fetched       TEXT NOT NULL,
    status        INTEGER NOT NULL,
    links         INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (agency, url)
) STRICT, WITHOUT ROWID;

CREATE TABLE crawls (
    id        INTEGER PRIMARY KEY,
    agency    TEXT NOT NULL REFERENCES agencies(key),
    started   TEXT NOT NULL,
    ended     TEXT,
    outcome   TEXT NOT NULL DEFAULT 'running',
    listed    INTEGER NOT NULL DEFAULT 0,
    fetched   INTEGER NOT NULL DEFAULT 0,
    new       INTEGER NOT NULL DEFAULT 0,
    revised   INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    empty     INTEGER NOT NULL DEFAULT 0,
    blocked   INTEGER NOT NULL DEFAULT 0,
    missing   INTEGER NOT NULL DEFAULT 0,
    failed    INTEGER NOT NULL DEFAULT 0,
    bytes     INTEGER NOT NULL DEFAULT 0,
    error     TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX crawls_by_agency ON crawls(agency, started);

CREATE TABLE versions (
    part    TEXT PRIMARY KEY,
    version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The index holds analysed words; the functions are registered by archive.search.index.
CREATE VIEW story_terms AS
SELECT id, fa_words(title) AS title, fa_words(kicker || ' ' || lead) AS lead, fa_words(body) AS body,
       fa_stems(title, kicker || ' ' || lead, body) AS stems, fa_meta(agency, section, tags, kind) AS meta
FROM stories;
CREATE VIRTUAL TABLE story_index USING fts5(
    title, lead, body, stems, meta,
    content='story_terms', content_rowid='id', tokenize="ascii tokenchars ':_'"
);

-- Every text a story ever had, the current one last.
CREATE VIEW story_revisions AS
SELECT story, number, kicker, title, lead, body, modified, content_hash, first_seen, last_seen FROM revisions
UNION ALL
SELECT s.id, s.revision, s.kicker, s.title, s.lead, s.body, s.modified, s.content_hash,
       coalesce(s.revised, s.first_seen), s.last_seen
FROM stories s;
