//! What a heat was to those who race for an account.

use serde::Serialize;

use crate::records::RecordedRun;

/// The event `records`, for screens.
#[derive(Clone, Debug, Serialize)]
pub struct HeatRecordsJson {
    pub heat: u32,
    pub racers: Vec<RecordJson>,
}

/// One of those who race for an account.
#[derive(Clone, Debug, Serialize)]
pub struct RecordJson {
    pub id: u32,
    pub name: String,
    /// Their best under these rules.
    pub best: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    pub taps: u32,
    /// The best before it: a time in a sprint, else taps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<i64>,
}

/// The event `recorded`, for the phone.
#[derive(Clone, Debug, Serialize)]
pub struct OwnRecordJson {
    pub heat: u32,
    pub best: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<i64>,
    pub stats: OwnStatsJson,
}

/// Of all races of the account.
#[derive(Clone, Debug, Serialize)]
pub struct OwnStatsJson {
    pub races: i64,
    pub wins: i64,
}

impl RecordJson {
    /// As screens show it.
    pub fn of(run: &RecordedRun) -> RecordJson {
        RecordJson {
            id: run.racer,
            name: run.name.clone(),
            best: run.best,
            time: run.time,
            taps: run.taps,
            previous: run.previous,
        }
    }
}

impl OwnRecordJson {
    /// As the phone that made it shows it.
    pub fn of(heat: u32, run: &RecordedRun) -> OwnRecordJson {
        let stats = OwnStatsJson { races: run.races, wins: run.wins };
        OwnRecordJson { heat, best: run.best, previous: run.previous, stats }
    }
}
