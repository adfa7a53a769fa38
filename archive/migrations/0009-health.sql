-- Which fields of a story were found on each page that was read for the first time: names divided by blanks. Kept for
-- a fortnight. What a page of its kind need not have stands in neither column.
CREATE TABLE readings (
    id      INTEGER PRIMARY KEY,
    agency  TEXT NOT NULL REFERENCES agencies(key),
    at      TEXT NOT NULL,
    found   TEXT NOT NULL,
    missing TEXT NOT NULL
) STRICT;
CREATE INDEX readings_by_agency ON readings(agency, at);

-- The number of an agency's last reading that was judged; alarms are raised from those after it.
ALTER TABLE agencies ADD COLUMN judged INTEGER NOT NULL DEFAULT 0;

-- Alarms of the kind `drift:FIELD`: how often the field was found before; and whether a person said that this is how the
-- agency is now.
ALTER TABLE alarms ADD COLUMN usual REAL;
ALTER TABLE alarms ADD COLUMN dismissed INTEGER NOT NULL DEFAULT 0;
