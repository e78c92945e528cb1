//! What is kept of races, as the pages of players and boards are told it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::RulesJson;

/// One run of one race.
#[derive(Clone, Debug, Serialize)]
pub struct RaceJson {
    pub id: i64,
    /// Of the kind of rules.
    pub key: String,
    pub rules: RulesJson,
    pub finished_at: i64,
    pub place: i64,
    pub of: i64,
    pub taps: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub margin: Option<i64>,
    pub rate: f64,
    pub refused: i64,
    pub dead_heat: bool,
    pub won: bool,
    pub ranked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why_unranked: Option<String>,
    /// Whether its taps are kept.
    pub replay: bool,
}

/// All that an account has raced.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StatsJson {
    pub races: i64,
    pub wins: i64,
    pub podiums: i64,
    pub taps: i64,
    pub win_streak: i64,
    pub best_win_streak: i64,
    pub day_streak: i64,
    pub best_day_streak: i64,
}

/// The same for one kind of rules.
#[derive(Clone, Debug, Serialize)]
pub struct KindStatsJson {
    pub key: String,
    pub rules: RulesJson,
    pub races: i64,
    pub wins: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_taps: Option<i64>,
    pub best_rate: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best_run: Option<i64>,
}

/// What an account has made of a game on a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GameJson {
    pub game: String,
    pub last: i64,
    pub best: i64,
    pub count: i64,
}

/// When, and the time or the taps; oldest first.
pub type Progress = Vec<(i64, i64)>;

/// All that anybody may know of an account.
#[derive(Clone, Debug, Serialize)]
pub struct ProfileJson {
    pub name: String,
    pub made: i64,
    #[serde(flatten)]
    pub records: RecordsJson,
    /// By the key of the kind of rules.
    pub progress: BTreeMap<String, Progress>,
}

/// What an account has raced and played.
#[derive(Clone, Debug, Serialize)]
pub struct RecordsJson {
    pub stats: StatsJson,
    pub rules: Vec<KindStatsJson>,
    /// The latest, newest first.
    pub races: Vec<RaceJson>,
    pub games: Vec<GameJson>,
}

/// The reply to the join of `account:<id>`.
#[derive(Clone, Debug, Serialize)]
pub struct AccountJoined {
    pub account: AccountJson,
    #[serde(flatten)]
    pub records: RecordsJson,
}

/// Who it is.
#[derive(Clone, Debug, Serialize)]
pub struct AccountJson {
    pub id: i64,
    pub name: String,
    pub made: i64,
}

/// A line of a board.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntryJson {
    /// Shared by who are equally good.
    pub place: i64,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    pub taps: i64,
    pub rate: f64,
    pub at: i64,
    pub run: i64,
}

/// The best of a board: the event `board`, and part of the answer to who asks for it.
#[derive(Clone, Debug, Serialize)]
pub struct TopJson {
    pub entries: Vec<EntryJson>,
    /// How many stand on it in all.
    pub of: i64,
}

/// A board, for who opens it.
#[derive(Clone, Debug, Serialize)]
pub struct BoardOpened {
    pub key: String,
    pub rules: RulesJson,
    pub period: &'static str,
    #[serde(flatten)]
    pub top: TopJson,
    /// Whoever opens it, if they stand on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub me: Option<EntryJson>,
}

/// A kind of rules that has a board.
#[derive(Clone, Debug, Serialize)]
pub struct KindJson {
    pub key: String,
    pub rules: RulesJson,
    pub runs: i64,
}

/// Taps in a second, from those in a thousand seconds as they are kept: two decimals.
pub fn rate(kept: i64) -> f64 {
    (kept as f64 / 10.0).round() / 100.0
}
