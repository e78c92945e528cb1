//! The run that everybody can race against.

use race::{Place, Run};
use serde::{Deserialize, Serialize};

use crate::looks::Look;

/// The best run of a room under some rules, to be raced against.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Ghost {
    pub name: String,
    #[serde(flatten)]
    pub look: Look,
    pub taps: u32,
    /// When it was done, in ms since the gun; none in a timed heat.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<i64>,
    /// Taps by ms since the gun, at most [`Ghost::POINTS`].
    pub trace: Vec<(u32, u32)>,
}

impl Ghost {
    /// So many tell a run as well as a screen can show it.
    const POINTS: usize = 400;

    /// Of the run that came out like this.
    pub fn of(run: &Run, place: &Place, look: Look) -> Ghost {
        let point = |(at, taps): (race::Millis, u32)| Some((u32::try_from(at.0).ok()?, taps));
        Ghost {
            name: place.name.clone(),
            look,
            taps: place.taps,
            time: place.time.map(|time| time.0),
            trace: run.outline(Ghost::POINTS).into_iter().filter_map(point).collect(),
        }
    }
}
