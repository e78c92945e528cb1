//! Accounts and runs for tests, written into the tables as the recorder writes them.

use race::{Millis, Trace};
use sqlx::{query, query_scalar};
use uuid::Uuid;

use crate::{accounts::AccountId, boards::Period, db::Db, records::RulesKey, wire::RulesJson};

pub async fn sign_up(db: &Db, name: &str) -> AccountId {
    let insert = "INSERT INTO accounts (name, name_key, password, made) VALUES ($1, $2, '', 7) RETURNING id";
    let insert = query_scalar(insert).bind(name).bind(name.to_lowercase());
    AccountId(insert.fetch_one(db.pool().expect("open")).await.expect("an account"))
}

/// A run that is about to be recorded.
pub struct Run {
    pub account: Option<AccountId>,
    pub key: &'static str,
    pub place: i64,
    pub taps: i64,
    pub time: Option<i64>,
    pub unranked: Option<&'static str>,
    pub trace: Option<Trace>,
    pub at: i64,
}

impl Run {
    /// Of somebody who won against one other.
    pub fn sprint(account: AccountId, time: i64, at: i64) -> Run {
        Run {
            account: Some(account),
            key: "sprint-100",
            place: 1,
            taps: 100,
            time: Some(time),
            unranked: None,
            trace: None,
            at,
        }
    }

    pub fn timed(account: AccountId, taps: i64, at: i64) -> Run {
        Run { key: "timed-10", taps, time: None, ..Run::sprint(account, 0, at) }
    }

    /// Records it, and gives its number.
    pub async fn record(self, db: &Db) -> i64 {
        let heat = Uuid::new_v4().to_string();
        let key: RulesKey = self.key.parse().expect("a key");
        let rules = serde_json::to_string(&RulesJson(key.rules().clone())).expect("json");
        let mut tx = db.begin().await.expect("begun");
        query(
            "INSERT INTO heats (id, room, heat, key, rules, outcome, racers, finished_at) \
               VALUES ($1, '', 1, $2, $3, 'won', 2, $4)",
        )
        .bind(&heat)
        .bind(self.key)
        .bind(&rules)
        .bind(self.at)
        .execute(&mut *tx)
        .await
        .expect("a heat");
        let rate = self.taps * 1_000_000 / self.time.unwrap_or(10_000).max(1);
        let run: i64 = query_scalar("INSERT INTO runs (heat, racer, account, guest, name, key, place, racers, won, \
               dead_heat, taps, time, rate, refused, false_starts, flagged, unranked, trace, finished_at) \
               VALUES ($1, 1, $2, $3, 'Racer', $4, $5, 2, $6, 0, $7, $8, $9, 0, 0, 0, $10, $11, $12) RETURNING id")
            .bind(&heat).bind(self.account.map(|account| account.0))
            .bind(self.account.is_none().then_some("0123456789abcdef"))
            .bind(self.key).bind(self.place).bind(i64::from(self.place == 1)).bind(self.taps).bind(self.time)
            .bind(rate).bind(self.unranked).bind(self.trace.as_ref().map(|trace| trace.as_bytes().to_vec()))
            .bind(self.at)
            .fetch_one(&mut *tx).await.expect("a run");
        if let Some(AccountId(account)) = self.account {
            query(
                "INSERT INTO stats VALUES ($1, 1, 1, 1, $2, 1, 1, 1, 1, 0) ON CONFLICT (account) DO UPDATE \
                   SET races = stats.races + 1, taps = stats.taps + excluded.taps",
            )
            .bind(account)
            .bind(self.taps)
            .execute(&mut *tx)
            .await
            .expect("stats");
            query(
                "INSERT INTO rule_stats VALUES ($1, $2, 1, 1, $3, $4, $5, $6) ON CONFLICT (account, key) \
                   DO UPDATE SET races = rule_stats.races + 1",
            )
            .bind(account)
            .bind(self.key)
            .bind(self.time)
            .bind(self.taps)
            .bind(rate)
            .bind(run)
            .execute(&mut *tx)
            .await
            .expect("stats of the kind");
            if self.unranked.is_none() {
                query(
                    "INSERT INTO boards VALUES ($1, 1) ON CONFLICT (key) DO UPDATE \
                       SET runs = boards.runs + 1",
                )
                .bind(self.key)
                .execute(&mut *tx)
                .await
                .expect("a board");
                for period in Period::EACH {
                    query("INSERT INTO bests VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (key, period, account) \
                           DO UPDATE SET merit = excluded.merit, run = excluded.run, at = excluded.at \
                           WHERE excluded.merit < bests.merit")
                        .bind(self.key).bind(period.name_at(Millis(self.at))).bind(account)
                        .bind(self.time.unwrap_or(-self.taps)).bind(run).bind(self.at)
                        .execute(&mut *tx).await.expect("a best run");
                }
            }
        }
        tx.commit().await.expect("committed");
        run
    }
}

/// One who taps a hundred times, once each while.
pub fn trace(every: i64) -> Trace {
    let mut trace = Trace::default();
    for tap in 1..=100_u32 {
        let at = Millis(i64::from(tap) * every);
        trace.claim(at + Millis(20), tap, Some(at));
    }
    trace
}
