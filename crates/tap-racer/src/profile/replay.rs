//! How a run went: its trace, replayed in the engine.

use race::{Rules, Settings, Trace};
use serde::Serialize;
use sqlx::{AnyPool, Row, query};
use tokio::{sync::Semaphore, task::spawn_blocking};

use super::read;
use crate::{
    db::DbError,
    wire::{RaceJson, RulesJson},
};

/// Replays at once: anybody may ask for them, and races need the processor more.
static REPLAYS: Semaphore = Semaphore::const_new(2);

/// Points of a run that are told: as many as a screen can show.
const POINTS: usize = 2000;

pub(crate) const TRACE: &str = "SELECT runs.trace, runs.handicap, heats.rules FROM runs \
    JOIN heats ON heats.id = runs.heat WHERE runs.id = $1";

/// A run of an account.
#[derive(Clone, Debug, Serialize)]
pub struct Replay {
    /// Its numbers.
    pub run: RaceJson,
    /// In ms since the gun, how many taps had counted; none where nothing was kept.
    pub points: Option<Vec<(i64, u32)>>,
}

/// The run of this number, and how it went; nothing if no account's.
///
/// # Errors
/// While the database is away.
pub async fn replay(pool: &AnyPool, run: i64) -> Result<Option<Replay>, DbError> {
    let Some(row) = query(read::RUN).bind(run).fetch_optional(pool).await? else { return Ok(None) };
    let is_guests = row.try_get::<Option<i64>, _>("account")?.is_none();
    let Some(race) = read::race(&row)?.filter(|_| !is_guests) else { return Ok(None) };
    if !race.replay {
        return Ok(Some(Replay { run: race, points: None }));
    }
    // It is never closed. Who waits holds no trace yet.
    let turn = REPLAYS.acquire().await;
    let Some(row) = query(TRACE).bind(run).fetch_optional(pool).await? else { return Ok(None) };
    let trace: Option<Vec<u8>> = row.try_get("trace")?;
    let handicap: Option<i64> = row.try_get("handicap")?;
    let rules: String = row.try_get("rules")?;
    // Thousands of claims are some milliseconds of work.
    // Who gives up waiting for it leaves it to be done, in its turn.
    let points = spawn_blocking(move || {
        let points = points(&trace?, &rules, handicap);
        drop(turn);
        points
    })
    .await;
    Ok(Some(Replay { run: race, points: points.unwrap_or_default() }))
}

fn points(trace: &[u8], rules: &str, handicap: Option<i64>) -> Option<Vec<(i64, u32)>> {
    let rules: Rules = RulesJson::parse(&serde_json::from_str(rules).ok()?).ok()?;
    let handicap = handicap.and_then(|handicap| u32::try_from(handicap).ok());
    let run = Trace::from_bytes(trace).ok()?.replay(&rules, &Settings::default(), handicap).ok()?;
    Some(run.outline(POINTS).into_iter().map(|(at, taps)| (at.0, taps)).collect())
}
