//! Scores in the database.

use sqlx::{AnyPool, Row, any::AnyRow, query, query_as, query_scalar};

use super::{AccountId, Db, DbError, Game, NewScore, NotStored, Scored, Standing, Stored};

/// Each account's latest scores of each game that are kept.
const KEPT: i64 = 1000;
/// And that are shown.
const SHOWN: i64 = 200;
/// The best of all that are shown.
const TOP: i64 = 10;
/// Games in which one account may have scores.
const GAMES: i64 = 100;

pub(crate) const STANDING: &str = "SELECT last, best, count FROM games WHERE game = $1 AND account = $2";
pub(crate) const HIGHER: &str = "SELECT COUNT(*) FROM games WHERE game = $1 AND best > $2";
pub(crate) const BEST: &str = "SELECT accounts.name, games.best FROM games \
    JOIN accounts ON accounts.id = games.account WHERE games.game = $1 \
    ORDER BY games.best DESC, games.best_at, games.account LIMIT $2";
pub(crate) const LATEST: &str =
    "SELECT at, score FROM scores WHERE account = $1 AND game = $2 ORDER BY id DESC LIMIT $3";
pub(crate) const KNOWN: &str =
    "SELECT score, at FROM scores WHERE account = $1 AND client_id = $2 AND game = $3";
pub(crate) const GAMES_OF: &str = "SELECT COUNT(*) FROM games WHERE account = $1";
pub(crate) const FORGET: &str = "DELETE FROM scores WHERE account = $1 AND game = $2 AND id <= \
    (SELECT id FROM scores WHERE account = $1 AND game = $2 ORDER BY id DESC LIMIT 1 OFFSET $3)";

/// How an account stands.
pub(super) async fn read(pool: &AnyPool, account: AccountId, game: &Game) -> Result<Scored, DbError> {
    let own = standing(pool, account, game).await?;
    let top: Vec<(String, i64)> = query_as(BEST).bind(game.as_str()).bind(TOP).fetch_all(pool).await?;
    let latest = query_as(LATEST).bind(account.0).bind(game.as_str()).bind(SHOWN);
    let mut history: Vec<(i64, i64)> = latest.fetch_all(pool).await?;
    history.reverse();
    let place = match &own {
        Some(own) => Some(place(pool, game, own.best).await?),
        None => None,
    };
    Ok(Scored {
        score: own.as_ref().map(|own| own.last),
        best: own.as_ref().map(|own| own.best),
        place,
        count: own.map_or(0, |own| own.count),
        top: top.into_iter().map(|(name, score)| Standing { name, score }).collect(),
        history,
    })
}

/// A score that its page has handed in before.
pub(super) async fn known(
    pool: &AnyPool,
    account: AccountId,
    game: &Game,
    id: &str,
) -> Result<Option<Stored>, DbError> {
    let known = query_as(KNOWN).bind(account.0).bind(id).bind(game.as_str());
    let known: Option<(i64, i64)> = known.fetch_optional(pool).await?;
    let Some(((score, at), own)) = known.zip(standing(pool, account, game).await?) else { return Ok(None) };
    let place = place(pool, game, own.best).await?;
    Ok(Some(Stored { score, best: own.best, place, count: own.count, at }))
}

/// Stores a score, and gives it with the account's name; nothing if its page's name for it is taken.
pub(super) async fn store(
    db: &Db,
    account: AccountId,
    game: &Game,
    new: &NewScore,
    at: i64,
) -> Result<Option<(String, Stored)>, NotStored> {
    const INSERT: &str = "INSERT INTO scores (account, game, score, at, client_id) VALUES ($1, $2, $3, $4, $5) \
        ON CONFLICT (account, client_id) DO NOTHING";
    const COUNT: &str = "INSERT INTO games (game, account, last, best, best_at, count) \
        VALUES ($1, $2, $3, $3, $4, 1) ON CONFLICT (game, account) DO UPDATE SET last = excluded.last, \
        best_at = CASE WHEN excluded.best > games.best THEN excluded.best_at ELSE games.best_at END, \
        best = CASE WHEN excluded.best > games.best THEN excluded.best ELSE games.best END, \
        count = games.count + 1 RETURNING best, count";
    let mut tx = db.begin().await?;
    let name = query_scalar("SELECT name FROM accounts WHERE id = $1").bind(account.0);
    let name: Option<String> = name.fetch_optional(&mut *tx).await.map_err(DbError::from)?;
    let name = name.ok_or(NotStored::Nobody)?;
    let insert =
        query(INSERT).bind(account.0).bind(game.as_str()).bind(new.score).bind(at).bind(new.id.as_deref());
    let inserted = insert.execute(&mut *tx).await.map_err(DbError::from);
    match inserted {
        Ok(done) if done.rows_affected() == 0 => return Ok(None),
        Ok(_) => {}
        // It was deleted a moment ago.
        Err(error) if error.is_orphan() => return Err(NotStored::Nobody),
        Err(error) => return Err(error.into()),
    }
    let counted = query_as(COUNT).bind(game.as_str()).bind(account.0).bind(new.score).bind(at);
    let (best, count): (i64, i64) = counted.fetch_one(&mut *tx).await.map_err(DbError::from)?;
    if count == 1 {
        let games = query_scalar(GAMES_OF).bind(account.0).fetch_one(&mut *tx);
        let games: i64 = games.await.map_err(DbError::from)?;
        if games > GAMES {
            return Err(NotStored::TooManyGames);
        }
    }
    if count > KEPT {
        let forget = query(FORGET).bind(account.0).bind(game.as_str()).bind(KEPT);
        forget.execute(&mut *tx).await.map_err(DbError::from)?;
    }
    let place = place(&mut *tx, game, best).await?;
    tx.commit().await.map_err(DbError::from)?;
    Ok(Some((name, Stored { score: new.score, best, place, count, at })))
}

/// What an account has made in all.
struct Own {
    last: i64,
    best: i64,
    count: i64,
}

async fn standing(pool: &AnyPool, account: AccountId, game: &Game) -> Result<Option<Own>, DbError> {
    let own = query(STANDING).bind(game.as_str()).bind(account.0).fetch_optional(pool).await?;
    let read = |row: AnyRow| -> sqlx::Result<Own> {
        Ok(Own { last: row.try_get("last")?, best: row.try_get("best")?, count: row.try_get("count")? })
    };
    Ok(own.map(read).transpose()?)
}

async fn place<'c>(
    connection: impl sqlx::Executor<'c, Database = sqlx::Any>,
    game: &Game,
    best: i64,
) -> Result<i64, DbError> {
    let higher: i64 = query_scalar(HIGHER).bind(game.as_str()).bind(best).fetch_one(connection).await?;
    Ok(higher + 1)
}
