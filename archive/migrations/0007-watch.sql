-- What the supervisor knows of its crawls, of itself and of its troubles.

ALTER TABLE crawls ADD COLUMN kind TEXT NOT NULL DEFAULT 'crawl'; -- crawl or backfill
ALTER TABLE crawls ADD COLUMN planned TEXT; -- when it was due; NULL = a person asked for it
ALTER TABLE crawls ADD COLUMN discovered INTEGER NOT NULL DEFAULT 0; -- links that were new
ALTER TABLE crawls ADD COLUMN requests INTEGER NOT NULL DEFAULT 0; -- all that was asked of the site, robots.txt too
ALTER TABLE crawls ADD COLUMN answer_s REAL; -- what an answer took, the median
ALTER TABLE crawls ADD COLUMN pause_s REAL NOT NULL DEFAULT 0; -- the site asked to be left alone for so long
ALTER TABLE crawls ADD COLUMN seconds REAL; -- what it took, by a clock that does not jump
ALTER TABLE crawls ADD COLUMN exit INTEGER; -- of its process; negative = the signal that ended it
ALTER TABLE crawls ADD COLUMN pace_s REAL; -- the pause before the next, as adapted by this one
CREATE INDEX crawls_of_agency ON crawls(agency);

-- One row for each time a supervisor was at work; `seen` moves on while it is.
CREATE TABLE shifts (
    id      INTEGER PRIMARY KEY,
    started TEXT NOT NULL,
    seen    TEXT NOT NULL,
    ended   TEXT -- NULL = it is at work, or was killed
) STRICT;

-- Times in which nobody crawled though somebody should have, and why.
CREATE TABLE pauses (
    id     INTEGER PRIMARY KEY,
    since  TEXT NOT NULL,
    until  TEXT NOT NULL,
    why    TEXT NOT NULL,
    missed INTEGER NOT NULL -- runs that fell into it; each agency's are made up by one
) STRICT;

-- The coverage book: what an agency's own day archive lists of a day (Tehran's, yyyymmdd), when it was walked last.
CREATE TABLE coverage (
    agency TEXT NOT NULL REFERENCES agencies(key),
    day    INTEGER NOT NULL,
    listed INTEGER NOT NULL,
    pages  INTEGER NOT NULL,
    walked TEXT NOT NULL,
    whole  INTEGER NOT NULL, -- 0 = the walk was cut short
    PRIMARY KEY (agency, day)
) STRICT, WITHOUT ROWID;

-- Troubles: raised when they began, with what was seen; ended when they were over.
CREATE TABLE alarms (
    id       INTEGER PRIMARY KEY,
    kind     TEXT NOT NULL,
    agency   TEXT NOT NULL DEFAULT '', -- '' = the whole house
    since    TEXT NOT NULL,
    raised   TEXT NOT NULL,
    evidence TEXT NOT NULL,
    until    TEXT, -- NULL = it goes on
    told     TEXT NOT NULL DEFAULT '' -- '', begin or end: what the hook was told of
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms(kind, agency) WHERE until IS NULL;

-- Feeds: the hash of what was served tells validators that lie; a feed may say how often it wants to be asked.
ALTER TABLE feeds ADD COLUMN content_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE feeds ADD COLUMN read_whole TEXT NOT NULL DEFAULT ''; -- when it was last asked for without validators
ALTER TABLE feeds ADD COLUMN lies INTEGER NOT NULL DEFAULT 0; -- 1 = same validators, other content: seen
ALTER TABLE feeds ADD COLUMN ttl_s REAL NOT NULL DEFAULT 0;

-- robots.txt as last answered (RFC 9309 section 2.4: not to be used for more than a day).
CREATE TABLE robots (
    place   TEXT PRIMARY KEY,
    status  INTEGER NOT NULL,
    body    BLOB NOT NULL,
    fetched TEXT NOT NULL
) STRICT, WITHOUT ROWID;
