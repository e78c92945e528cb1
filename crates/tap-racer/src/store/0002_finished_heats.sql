-- Heats that are over and not yet in the database of accounts, in the order in which they ended.
CREATE TABLE finished_heats (
    id          TEXT PRIMARY KEY NOT NULL, -- made when it was over
    room        TEXT NOT NULL,             -- its code
    finished_at INTEGER NOT NULL,          -- Unix milliseconds
    record      TEXT NOT NULL              -- JSON
) STRICT;
