//! What a room knows beyond its single heats: how it is set up, who helps, who is muted, the bests, the
//! tournament. One plain value, so that it can be saved with the room.

use serde::{Deserialize, Serialize};

use super::{
    accounts::Remembered, boards::Boards, cohosts::CoHosts, door::Setup, equal::Paces, moderation::Muted,
    tournament::Cup,
};

/// All of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Party {
    pub setup: Setup,
    pub cohosts: CoHosts,
    pub paces: Paces,
    pub accounts: Remembered,
    pub muted: Muted,
    pub boards: Boards,
    pub cup: Option<Cup>,
}
