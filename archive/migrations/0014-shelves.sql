-- Fingerprints anew, a row a story: to write one is one page, where it was one for nearly every fingerprint. A row holds 8
-- bytes for each; archive/duplicates/shelf.py finds them in memory. `touched` rises with every change of any day.
DROP TABLE fingerprints;
CREATE TABLE fingerprints (
    story  INTEGER PRIMARY KEY,
    prints BLOB NOT NULL
) STRICT;
DELETE FROM fingerprint_days;
DELETE FROM versions WHERE part = 'sketch';
