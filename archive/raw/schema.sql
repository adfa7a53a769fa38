-- One month of raw pages. Bodies are kept once, however often they were fetched.
CREATE TABLE dictionaries (
    hash    TEXT PRIMARY KEY, -- SHA-256 of the page, also one of bodies
    agency  TEXT NOT NULL,
    version INTEGER NOT NULL,
    UNIQUE (agency, version)
) STRICT;
CREATE TABLE bodies (
    id         INTEGER PRIMARY KEY,
    hash       TEXT NOT NULL UNIQUE, -- SHA-256 of the body
    dictionary TEXT REFERENCES dictionaries(hash), -- NULL = packed without
    size       INTEGER NOT NULL, -- bytes of the body, unpacked
    packed     BLOB NOT NULL -- zstd
) STRICT;
CREATE TABLE fetches (
    id       INTEGER PRIMARY KEY,
    page     TEXT NOT NULL REFERENCES bodies(hash),
    agency   TEXT NOT NULL,
    url      TEXT NOT NULL,
    fetched  TEXT NOT NULL,
    status   INTEGER NOT NULL,
    request  TEXT NOT NULL CHECK (json_valid(request)),
    response TEXT NOT NULL CHECK (json_valid(response))
) STRICT;
CREATE INDEX fetches_by_page ON fetches(page);
