-- What an agency prints under story after story, learnt from its stories. `line` is folded, as it is matched;
-- `printed` is how it stood under the first of `examples`. A line that is kept was learnt wrongly, says a person.
CREATE TABLE house_lines (
    agency   TEXT NOT NULL REFERENCES agencies(key),
    line     TEXT NOT NULL,
    printed  TEXT NOT NULL,
    stories  INTEGER NOT NULL, -- under how many stories it stood when it was learnt
    examples TEXT NOT NULL CHECK (json_valid(examples)),
    learnt   TEXT NOT NULL,
    kept     INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (agency, line)
) STRICT, WITHOUT ROWID;

-- An agency's stories in the order of their numbers, newest or oldest first.
CREATE INDEX stories_by_agency ON stories(agency);
