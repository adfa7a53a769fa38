-- What an index beside the archive follows: the stories whose index entry changed, in order, while anybody follows.

CREATE TABLE followers (
    name  TEXT PRIMARY KEY,
    since INTEGER NOT NULL -- the number of the last change before it began
) STRICT, WITHOUT ROWID;

CREATE TABLE changes (
    number INTEGER PRIMARY KEY, -- rises; the last one is never taken away
    story  INTEGER NOT NULL
) STRICT;
