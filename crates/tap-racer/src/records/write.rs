//! A heat becomes rows: all of them, or none.

use race::{Millis, Why};
use sqlx::{AssertSqlSafe, query, query_scalar};

use super::{
    HeatRecord, Recorded, RecordedRun, RulesKey, RunRecord,
    credit::{self, Credited},
    judge::Judged,
    stats::Run,
};
use crate::{
    accounts::AccountId,
    db::{Db, DbError, Tx},
    rooms::RoomId,
    wire,
};

/// The columns of a run that are written, in the order of [`bind`].
const COLUMNS: &str = "heat, racer, account, guest, name, key, place, racers, won, dead_heat, gone, taps, time, \
    margin, rate, refused, false_starts, flagged, handicap, unranked, trace, finished_at";
const WIDTH: usize = 22;
/// Guests are written so many at once: a hall has thousands.
const ROWS: usize = 40;

/// Writes a heat, with the judgement on each of its runs. None when it is there already.
///
/// # Errors
/// When the database cannot be written; then nothing is.
pub(super) async fn write(
    db: &Db,
    heat: &HeatRecord,
    judged: &[Judged],
    now: Millis,
) -> Result<Option<Recorded>, DbError> {
    let key = RulesKey::of(&heat.rules);
    let mut tx = db.begin().await?;
    if !insert_heat(&mut tx, heat, &key).await? {
        return Ok(None);
    }
    let mut guests: Vec<(&RunRecord, &Judged)> = Vec::new();
    let mut racing: Vec<(AccountId, &RunRecord, &Judged)> = Vec::new();
    for (run, judged) in heat.runs.iter().zip(judged) {
        match run.account {
            Some(account) => racing.push((account, run, judged)),
            None => guests.push((run, judged)),
        }
    }
    let written = Written { heat, key: &key };
    for guests in guests.chunks(ROWS) {
        written.insert_guests(&mut tx, guests).await?;
    }
    // In the order in which their rows are held.
    racing.sort_by_key(|(account, run, _)| (*account, run.racer));
    let mut runs = Vec::new();
    let mut ranked: Vec<(AccountId, Run)> = Vec::new();
    for of_account in racing.chunk_by(|a, b| a.0 == b.0) {
        let account = of_account[0].0;
        // An account that was deleted meanwhile has no runs.
        if !credit::lock(&mut tx, account).await? {
            continue;
        }
        let mut counted = Vec::with_capacity(of_account.len());
        for (_, run, judged) in of_account {
            let id = written.insert(&mut tx, account, run, judged).await?;
            counted.push(written.run(id, run, judged));
        }
        let credited = credit::credit(&mut tx, account, &counted).await?;
        let told = of_account.iter().zip(&counted).zip(credited);
        runs.extend(told.map(|(((_, run, _), counted), credited)| told_of(account, run, counted, credited)));
        ranked.extend(counted.into_iter().map(|run| (account, run)));
    }
    let entering: Vec<(AccountId, &Run)> = ranked.iter().map(|(account, run)| (*account, run)).collect();
    credit::enter(&mut tx, &entering, now).await?;
    tx.commit().await?;
    let has_board = ranked.iter().any(|(_, run)| run.is_ranked);
    Ok(Some(Recorded {
        room: RoomId::of_code(&heat.room),
        heat: heat.heat,
        runs,
        boards: has_board.then_some(key).into_iter().collect(),
    }))
}

fn told_of(account: AccountId, run: &RunRecord, counted: &Run, credited: Credited) -> RecordedRun {
    RecordedRun {
        racer: run.racer,
        account,
        name: run.name.clone(),
        run: counted.id,
        best: credited.compared.is_best,
        previous: credited.compared.previous,
        taps: run.taps,
        time: run.time,
        races: credited.races,
        wins: credited.wins,
    }
}

/// False when it is there already.
async fn insert_heat(tx: &mut Tx, heat: &HeatRecord, key: &RulesKey) -> Result<bool, DbError> {
    let inserting = query(
        "INSERT INTO heats (id, room, heat, key, rules, outcome, racers, finished_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING",
    )
    .bind(heat.id.to_string())
    .bind(&heat.room)
    .bind(i64::from(heat.heat))
    .bind(key.to_string())
    .bind(credit::rules_json(&heat.rules))
    .bind(wire::outcome(heat.outcome))
    .bind(i64::from(heat.racers))
    .bind(heat.finished_at.0);
    Ok(inserting.execute(&mut **tx).await?.rows_affected() > 0)
}

/// A heat whose runs are written.
struct Written<'h> {
    heat: &'h HeatRecord,
    key: &'h RulesKey,
}

/// A row's values in the order of [`COLUMNS`], bound to a query.
macro_rules! bind {
    ($query:expr, $written:expr, $account:expr, $run:expr, $judged:expr) => {{
        let (written, run, judged): (&Written<'_>, &RunRecord, &Judged) = ($written, $run, $judged);
        let account: Option<AccountId> = $account;
        $query
            .bind(written.heat.id.to_string())
            .bind(i64::from(run.racer))
            .bind(account.map(|account| account.0))
            .bind(account.is_none().then(|| run.guest.clone()))
            .bind(run.name.clone())
            .bind(written.key.to_string())
            .bind(i64::from(run.place))
            .bind(i64::from(written.heat.racers))
            .bind(i64::from(run.won))
            .bind(i64::from(run.dead_heat))
            .bind(run.gone.map(wire::why))
            .bind(i64::from(run.taps))
            .bind(run.time)
            .bind(run.margin)
            .bind(judged.rate)
            .bind(i64::from(run.refused))
            .bind(i64::from(run.false_starts))
            .bind(i64::from(run.flagged))
            .bind(run.handicap.map(i64::from))
            .bind(judged.unranked)
            .bind(judged.trace.clone())
            .bind(written.heat.finished_at.0)
    }};
}

impl Written<'_> {
    /// That of an account; gives its number.
    async fn insert(
        &self,
        tx: &mut Tx,
        account: AccountId,
        run: &RunRecord,
        judged: &Judged,
    ) -> Result<i64, DbError> {
        let sql = format!("INSERT INTO runs ({COLUMNS}) VALUES {} RETURNING id", values(1));
        let inserting = bind!(query_scalar(AssertSqlSafe(sql)), self, Some(account), run, judged);
        Ok(inserting.fetch_one(&mut **tx).await?)
    }

    async fn insert_guests(&self, tx: &mut Tx, guests: &[(&RunRecord, &Judged)]) -> Result<(), DbError> {
        let sql = format!("INSERT INTO runs ({COLUMNS}) VALUES {}", values(guests.len()));
        let mut inserting = query(AssertSqlSafe(sql));
        for (run, judged) in guests {
            inserting = bind!(inserting, self, None, run, judged);
        }
        inserting.execute(&mut **tx).await?;
        Ok(())
    }

    fn run(&self, id: i64, run: &RunRecord, judged: &Judged) -> Run {
        Run {
            id,
            key: self.key.clone(),
            finished_at: self.heat.finished_at,
            place: i64::from(run.place),
            racers: i64::from(self.heat.racers),
            won: run.won,
            taps: i64::from(run.taps),
            time: run.time,
            rate: judged.rate,
            is_fair: !run.flagged && run.gone != Some(Why::Kicked),
            is_ranked: judged.unranked.is_none(),
        }
    }
}

/// `($1, ..., $22), ($23, ...`
fn values(rows: usize) -> String {
    let row = |row: usize| {
        let holders: Vec<String> = (1..=WIDTH).map(|column| format!("${}", row * WIDTH + column)).collect();
        format!("({})", holders.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}
