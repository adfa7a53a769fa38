-- What is learnt of words from the stories themselves, by `bayegan lexicon`.

-- Forms of words and their lemma, as hazm knows them; both as the index spells words.
CREATE TABLE lexicon (
    form  TEXT PRIMARY KEY,
    lemma TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX lexicon_by_lemma ON lexicon(lemma);

-- How often each word that is printed with half-spaces somewhere is printed in each way: with them, joined, with blanks.
CREATE TABLE printings (
    form    TEXT NOT NULL, -- its letters, folded, nothing between them
    printed TEXT NOT NULL, -- folded, half-spaces and blanks where they were
    count   INTEGER NOT NULL,
    PRIMARY KEY (form, printed)
) STRICT, WITHOUT ROWID;

-- How far the stories have been read: first_seen or revised of the latest one.
CREATE TABLE learnt (
    part  TEXT PRIMARY KEY,
    until TEXT NOT NULL
) STRICT, WITHOUT ROWID;
