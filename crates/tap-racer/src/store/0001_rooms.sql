-- Every room that is open, as it was last saved.
CREATE TABLE rooms (
    id       TEXT PRIMARY KEY NOT NULL, -- the code; empty for the house room
    made     INTEGER NOT NULL,          -- Unix milliseconds
    saved_at INTEGER NOT NULL,
    version  INTEGER NOT NULL,          -- of the form of `state`
    state    TEXT NOT NULL              -- JSON
) STRICT;

-- What could not be restored, and why: for somebody to look at.
CREATE TABLE set_aside (
    id           TEXT NOT NULL,
    made         INTEGER NOT NULL,
    saved_at     INTEGER NOT NULL,
    version      INTEGER NOT NULL,
    state        TEXT NOT NULL,
    set_aside_at INTEGER NOT NULL,
    reason       TEXT NOT NULL
) STRICT;
