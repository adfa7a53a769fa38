-- What the archive needs to be trusted: every address of a story, sums of rows, what was withdrawn, validators of pages.

-- The hosts that are the agency's own, as a JSON list: they all lead to the same stories.
ALTER TABLE agencies ADD COLUMN hosts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(hosts));

-- Other addresses that lead to a story: those it had before, and its short link. The one it has stands in stories.
CREATE TABLE addresses (
    story   INTEGER NOT NULL REFERENCES stories(id),
    address TEXT NOT NULL,
    PRIMARY KEY (story, address)
) STRICT, WITHOUT ROWID;
CREATE INDEX addresses_by_address ON addresses(address);

-- SHA-256 over the columns that archive/rows.py names; empty = none yet. `bayegan verify` compares it.
ALTER TABLE stories ADD COLUMN sum BLOB NOT NULL DEFAULT x'';
ALTER TABLE revisions ADD COLUMN sum BLOB NOT NULL DEFAULT x'';

-- When each story last said something new: what an export or a log since some moment starts from.
CREATE INDEX stories_by_change ON stories(coalesce(revised, first_seen));

-- Stories that were taken down. `withdrawn` is when the evidence sufficed (NULL = it is only suspected so far).
CREATE TABLE withdrawals (
    story      INTEGER NOT NULL REFERENCES stories(id),
    number     INTEGER NOT NULL,
    evidence   TEXT NOT NULL CHECK (json_valid(evidence)), -- [{"at": ..., "what": "HTTP 404"}, ...], the first and the last ones
    sightings  INTEGER NOT NULL,
    first_gone TEXT NOT NULL,
    last_gone  TEXT NOT NULL,
    withdrawn  TEXT,
    reappeared TEXT,
    PRIMARY KEY (story, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX withdrawals_by_time ON withdrawals(withdrawn) WHERE withdrawn IS NOT NULL;

-- Validators of a story's page (RFC 9110 section 8.8), and how often it has been believed unchanged since it was read.
ALTER TABLE links ADD COLUMN etag TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN last_modified TEXT NOT NULL DEFAULT '';
ALTER TABLE links ADD COLUMN trusted INTEGER NOT NULL DEFAULT 0;
