-- Copies and updates of stories: fingerprints of the last days, what stories are to each other, clusters of copies.

-- Fingerprints, packed by archive/duplicates/shelf.py: a bucket is a day and the first 12 bits of a fingerprint, its
-- entries are 8 bytes each, the next 40 bits and the story's number of that day. Plain rows would take three times the room.
CREATE TABLE fingerprints (
    bucket  INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
) STRICT;
CREATE TABLE fingerprint_days (
    day     INTEGER PRIMARY KEY, -- yyyymmdd, as in stories' ids
    stories INTEGER NOT NULL,
    touched INTEGER NOT NULL     -- rises with each change of day: the least of them goes first
) STRICT;

-- What a story is to one that was there before it. Shares are in per cent of each story's words.
CREATE TABLE edges (
    story    INTEGER NOT NULL REFERENCES stories(id),
    other    INTEGER NOT NULL REFERENCES stories(id),
    kind     TEXT NOT NULL CHECK (kind IN ('copy', 'update_of', 'reuse')),
    of_story INTEGER NOT NULL,
    of_other INTEGER NOT NULL,
    version  INTEGER NOT NULL, -- of the rules
    PRIMARY KEY (story, other)
) STRICT, WITHOUT ROWID;
CREATE INDEX edges_by_other ON edges(other);

-- The components of copy edges: every story that has a copy or is one, under the story that speaks for them.
CREATE TABLE clusters (
    story   INTEGER PRIMARY KEY REFERENCES stories(id),
    cluster INTEGER NOT NULL REFERENCES stories(id)
) STRICT;
CREATE INDEX clusters_by_cluster ON clusters(cluster);

-- Who ran whose story, and how many minutes later.
CREATE VIEW copies AS
SELECT c.story, s.agency, s.title, s.published, c.cluster AS first, f.agency AS first_agency, f.published AS first_published,
       CAST(round((julianday(s.published) - julianday(f.published)) * 1440) AS INTEGER) AS lag_min
FROM clusters c JOIN stories s ON s.id = c.story JOIN stories f ON f.id = c.cluster
WHERE c.story <> c.cluster;

-- Per agency and day (yyyymmdd, Tehran): stories of its own, stories taken over, the median of their lag.
CREATE VIEW syndication AS
WITH taken AS (
    SELECT agency, story / 1000000 AS day, lag_min,
           row_number() OVER (PARTITION BY agency, story / 1000000 ORDER BY lag_min) AS place,
           count(*) OVER (PARTITION BY agency, story / 1000000) AS many
    FROM copies WHERE agency <> first_agency
)
SELECT s.agency, s.id / 1000000 AS day,
       count(*) - count(c.story) AS own,
       count(c.story) AS copied,
       (SELECT avg(t.lag_min) FROM taken t WHERE t.agency = s.agency AND t.day = s.id / 1000000
               AND t.place IN ((t.many + 1) / 2, (t.many + 2) / 2)) AS median_lag_min
FROM stories s LEFT JOIN copies c ON c.story = s.id AND c.agency <> c.first_agency
GROUP BY s.agency, s.id / 1000000;
