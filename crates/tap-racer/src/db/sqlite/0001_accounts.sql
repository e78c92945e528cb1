-- Who has an account. Times are Unix milliseconds throughout; what is true is 1.
CREATE TABLE accounts (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    name     TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE, -- what two names share that people would not tell apart by ear
    password TEXT NOT NULL,        -- a PHC string
    made     INTEGER NOT NULL
) STRICT;

-- A browser that is logged in.
CREATE TABLE sessions (
    id      TEXT PRIMARY KEY NOT NULL, -- the SHA-256 of its token
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    made    INTEGER NOT NULL,
    seen    INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_of_account ON sessions (account);
CREATE INDEX sessions_by_end ON sessions (expires);

-- A heat that is over.
CREATE TABLE heats (
    id          TEXT PRIMARY KEY NOT NULL, -- made when it was over: whoever records it twice is found out
    room        TEXT NOT NULL,             -- the code; empty for the house room
    heat        INTEGER NOT NULL,
    key         TEXT NOT NULL,             -- of the kind of rules
    rules       TEXT NOT NULL,             -- JSON
    outcome     TEXT NOT NULL,
    racers      INTEGER NOT NULL,
    finished_at INTEGER NOT NULL
) STRICT;
CREATE INDEX heats_by_end ON heats (finished_at);

-- What one racer made of it.
CREATE TABLE runs (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    heat         TEXT NOT NULL REFERENCES heats ON DELETE CASCADE,
    racer        INTEGER NOT NULL,
    account      INTEGER REFERENCES accounts ON DELETE CASCADE,
    guest        TEXT,                     -- the device of who had no account; kept for a day
    name         TEXT NOT NULL,            -- raced under
    key          TEXT NOT NULL,            -- of the kind of rules, as the heat's
    place        INTEGER NOT NULL,
    racers       INTEGER NOT NULL,         -- of how many, as the heat's
    won          INTEGER NOT NULL,
    dead_heat    INTEGER NOT NULL,
    gone         TEXT,                     -- left before the end, and why
    taps         INTEGER NOT NULL,
    time         INTEGER,                  -- in ms since the gun, of who finished a sprint
    margin       INTEGER,                  -- in ms behind the first
    rate         INTEGER NOT NULL,         -- taps in a thousand seconds
    refused      INTEGER NOT NULL,
    false_starts INTEGER NOT NULL,
    flagged      INTEGER NOT NULL,
    handicap     INTEGER,                  -- where the rules have one, in thousandths of their course
    unranked     TEXT,                     -- why it may not stand on a board; nothing if it may
    trace        BLOB,                     -- replays in the engine
    finished_at  INTEGER NOT NULL,         -- as the heat
    UNIQUE (heat, racer)
) STRICT;
CREATE INDEX runs_of_account ON runs (account, finished_at, id);
CREATE INDEX runs_of_account_by_key ON runs (account, key, finished_at);
CREATE INDEX runs_of_guest ON runs (guest) WHERE guest IS NOT NULL;
CREATE INDEX runs_of_guests_by_end ON runs (finished_at) WHERE account IS NULL;

-- What an account has made of all its runs.
CREATE TABLE stats (
    account         INTEGER PRIMARY KEY REFERENCES accounts ON DELETE CASCADE,
    races           INTEGER NOT NULL,
    wins            INTEGER NOT NULL,
    podiums         INTEGER NOT NULL,
    taps            INTEGER NOT NULL,
    win_streak      INTEGER NOT NULL,
    best_win_streak INTEGER NOT NULL,
    day_streak      INTEGER NOT NULL,
    best_day_streak INTEGER NOT NULL,
    last_day        INTEGER NOT NULL -- of its latest race: days since 1970, UTC
) STRICT;

-- The same for each kind of rules.
CREATE TABLE rule_stats (
    account   INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    key       TEXT NOT NULL,
    races     INTEGER NOT NULL,
    wins      INTEGER NOT NULL,
    best_time INTEGER,
    best_taps INTEGER,
    best_rate INTEGER NOT NULL, -- taps in a thousand seconds
    best_run  INTEGER REFERENCES runs ON DELETE SET NULL,
    PRIMARY KEY (account, key)
) STRICT;
CREATE INDEX rule_stats_of_run ON rule_stats (best_run);

-- Kinds of rules that have a board.
CREATE TABLE boards (
    key  TEXT PRIMARY KEY NOT NULL,
    runs INTEGER NOT NULL
) STRICT;
CREATE INDEX boards_by_runs ON boards (runs DESC, key);

-- The best ranked run of each account in each period: a board is a range of its index.
CREATE TABLE bests (
    key     TEXT NOT NULL,
    period  TEXT NOT NULL,    -- all, a week such as 2026-W47, or a day such as 2026-11-20
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    merit   INTEGER NOT NULL, -- the less, the better: ms, or taps below zero
    run     INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    at      INTEGER NOT NULL,
    PRIMARY KEY (key, period, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX bests_by_merit ON bests (key, period, merit, at, account, run);
CREATE INDEX bests_of_account ON bests (account);
CREATE INDEX bests_of_run ON bests (run);

-- What other games on the page have made, each time.
CREATE TABLE scores (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    account   INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    game      TEXT NOT NULL,
    score     INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    client_id TEXT -- a page's own name for it: what was stored once is not stored twice
) STRICT;
CREATE INDEX scores_of_account ON scores (account, game, id);
CREATE UNIQUE INDEX scores_by_client ON scores (account, client_id);

-- And in all.
CREATE TABLE games (
    game    TEXT NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    last    INTEGER NOT NULL,
    best    INTEGER NOT NULL,
    best_at INTEGER NOT NULL,
    count   INTEGER NOT NULL,
    PRIMARY KEY (game, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX games_by_best ON games (game, best DESC, best_at, account);
CREATE INDEX games_of_account ON games (account);
