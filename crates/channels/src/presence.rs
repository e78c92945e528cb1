//! Presence: who is on a topic, kept in step with every client's list.
//!
//! A channel tracks its client under a key, with a meta; several channels may track the same key
//! (a user with two phones), each with a meta of its own. Who has joined a topic is told changes by
//! `presence_diff`; who has just joined is pushed the whole list as `presence_state` by its channel.
//! The class `Presence` of phoenix.js puts the two together.
//!
//! Source: Phoenix's `lib/phoenix/presence.ex`.

mod meta;
mod state;

use std::{
    collections::{BTreeMap, HashMap},
    hash::{BuildHasher, RandomState},
    sync::{Arc, Weak},
    time::Duration,
};

use futures::future::BoxFuture;
pub use meta::Meta;
use parking_lot::Mutex;
use serde::Serialize;
use serde_json::{Map, Value};

use self::state::{Change, Diff, Entry, NodeId, State, What};
use crate::{
    channel::{Channel, ChannelSocket},
    endpoint::Endpoint,
    frame::Broadcast,
    payload::Payload,
};

/// Who is where. Cloning it is cheap and gives another handle of the same.
///
/// ```
/// # use channels::*;
/// # use serde_json::json;
/// # struct Room { name: String, presence: Presence }
/// # impl Channel for Room {
/// #     type Assigns = Presence;
/// # type Info = ();
/// async fn join(_: &str, params: Payload, socket: &mut ChannelSocket<Self>) -> Result<Joined<Self>, JoinError> {
///     let name: String = params.parse()?;
///     let _ = socket.channel_ref().send(()); // handle_info is called when the client has joined
///     Ok(Joined::new(Room { name, presence: socket.assigns.clone() }))
/// }
///
/// async fn handle_info(&mut self, (): (), socket: &mut ChannelSocket<Self>) -> Result<Handled, Crash> {
///     self.presence.track(socket, &self.name, json!({ "online_at": 1 }))?;
///     socket.push("presence_state", self.presence.list(socket.topic()).await)?;
///     Ok(Handled::NoReply)
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Presence {
    shared: Arc<Shared>,
}

struct Shared {
    endpoint: Endpoint,
    node: NodeId,
    shards: Box<[Mutex<Shard>]>,
    hasher: RandomState,
    fetch: Box<Fetch>,
}

#[derive(Default)]
struct Shard {
    state: State,
    /// What the clients of a topic have not been told yet.
    untold: HashMap<Arc<str>, Diff>,
}

/// Completes what is known of the keys of a topic; see [`Presence::with_fetch`].
type Fetch = dyn Fn(String, Presences) -> BoxFuture<'static, Presences> + Send + Sync;

/// The presences of a topic: of each key its metas. As JSON it is what `presence_state` carries.
pub type Presences = BTreeMap<String, Present>;

/// What is known of one key.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Present {
    /// One for each channel that tracks the key.
    pub metas: Vec<Arc<Meta>>,
    /// What [`Presence::with_fetch`] has added; it stands beside `metas` in the JSON.
    #[serde(flatten)]
    pub fields: Map<String, Value>,
}

/// Why a presence was not tracked, updated or untracked.
#[derive(Debug, thiserror::Error)]
pub enum TrackError {
    /// This channel tracks the key already; see [`Presence::update`].
    #[error("the channel tracks this key already")]
    AlreadyTracked,
    /// This channel does not track the key.
    #[error("the channel does not track this key")]
    NotTracked,
    /// Metas are objects.
    #[error("a meta must be an object")]
    NotAnObject,
    /// The meta has no JSON form.
    #[error(transparent)]
    Json(serde_json::Error),
}

/// A key that a channel tracks; when it is dropped the key is untracked.
pub(crate) struct Tracked {
    presence: Presence,
    topic: Arc<str>,
    key: Arc<str>,
    number: u64,
    phx_ref: String,
}

impl Presence {
    const SHARDS: usize = 16;
    /// Changes of a topic that come within so long are told together; the first is told at once.
    const WINDOW: Duration = Duration::from_millis(10);

    /// Presence for the topics of an endpoint.
    #[must_use]
    pub fn new(endpoint: &Endpoint) -> Self {
        Self::build(endpoint, Box::new(|_, presences| Box::pin(async { presences })))
    }

    /// The same with a `fetch` callback, which is given a topic and presences before clients are
    /// told of them, and may add to their `fields` what a database knows of the keys, in one query.
    #[must_use]
    pub fn with_fetch<F>(
        endpoint: &Endpoint,
        fetch: impl Fn(String, Presences) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Presences> + Send + 'static,
    {
        Self::build(endpoint, Box::new(move |topic, presences| Box::pin(fetch(topic, presences))))
    }

    fn build(endpoint: &Endpoint, fetch: Box<Fetch>) -> Self {
        let node = NodeId(uuid::Uuid::new_v4().as_u64_pair().0 >> 16);
        let shards = (0..Self::SHARDS).map(|_| Mutex::default()).collect();
        let shared = Shared { endpoint: endpoint.clone(), node, shards, hasher: RandomState::new(), fetch };
        Self { shared: Arc::new(shared) }
    }

    /// Tracks the channel's client under a key of its topic, until it is untracked or the channel
    /// ends. `meta` serialises to an object.
    ///
    /// # Errors
    /// [`TrackError`]: the channel tracks the key already, or the meta is no object.
    pub fn track<C: Channel>(
        &self,
        socket: &mut ChannelSocket<C>,
        key: &str,
        meta: impl Serialize,
    ) -> Result<(), TrackError> {
        if self.position(socket, key).is_some() {
            return Err(TrackError::AlreadyTracked);
        }
        let tracked = self.enter(socket.shared_topic(), key.into(), &meta, None)?;
        socket.tracked().push(tracked);
        Ok(())
    }

    /// Replaces the meta of a key that the channel tracks. Clients see the old one leave and the
    /// new one join in one diff, which carries `phx_ref_prev`.
    ///
    /// # Errors
    /// [`TrackError`]: the channel does not track the key, or the meta is no object.
    pub fn update<C: Channel>(
        &self,
        socket: &mut ChannelSocket<C>,
        key: &str,
        meta: impl Serialize,
    ) -> Result<(), TrackError> {
        let position = self.position(socket, key).ok_or(TrackError::NotTracked)?;
        let old = &socket.tracked()[position];
        let new = self.enter(old.topic.clone(), old.key.clone(), &meta, Some(old))?;
        // It has left already, together with the join of the new one.
        std::mem::replace(&mut socket.tracked()[position], new).number = 0;
        Ok(())
    }

    /// Untracks a key that the channel tracks.
    ///
    /// # Errors
    /// [`TrackError::NotTracked`].
    pub fn untrack<C: Channel>(&self, socket: &mut ChannelSocket<C>, key: &str) -> Result<(), TrackError> {
        let position = self.position(socket, key).ok_or(TrackError::NotTracked)?;
        drop(socket.tracked().swap_remove(position));
        Ok(())
    }

    /// Who is on a topic; what `presence_state` is to carry.
    pub async fn list(&self, topic: &str) -> Presences {
        let presences = {
            let shard = self.shard(topic).lock();
            let present = |metas: &mut dyn Iterator<Item = &Arc<Meta>>| Present {
                metas: metas.cloned().collect(),
                fields: Map::new(),
            };
            shard.state.list(topic).map(|(key, mut metas)| (key.to_string(), present(&mut metas))).collect()
        };
        (self.shared.fetch)(topic.to_owned(), presences).await
    }

    /// The metas of one key; none when it is not on the topic.
    #[must_use]
    pub fn metas(&self, topic: &str, key: &str) -> Vec<Arc<Meta>> {
        self.shard(topic).lock().state.metas(topic, key).cloned().collect()
    }

    fn shard(&self, topic: &str) -> &Mutex<Shard> {
        &self.shared.shards[self.shared.hasher.hash_one(topic) as usize % Self::SHARDS]
    }

    fn position<C: Channel>(&self, socket: &mut ChannelSocket<C>, key: &str) -> Option<usize> {
        let ours =
            |tracked: &Tracked| Arc::ptr_eq(&tracked.presence.shared, &self.shared) && *tracked.key == *key;
        socket.tracked().iter().position(ours)
    }

    /// Puts an entry in, in the place of another one if there is one.
    fn enter(
        &self,
        topic: Arc<str>,
        key: Arc<str>,
        meta: &impl Serialize,
        previous: Option<&Tracked>,
    ) -> Result<Tracked, TrackError> {
        let mut shard = self.shard(&topic).lock();
        let leaving = previous.map(|previous| What::Leave(previous.number));
        let number = shard.state.next_number(self.shared.node) + u64::from(leaving.is_some());
        // Numbers count in a shard; with the topic's shard they are the node's own.
        let shard_number = self.shared.hasher.hash_one(&*topic) as usize % Self::SHARDS;
        let phx_ref = format!("{:x}-{shard_number:x}-{number:x}", self.shared.node.0);
        let meta = Meta::new(meta, phx_ref.clone(), previous.map(|previous| previous.phx_ref.as_str()))?;
        let joining = What::Join(Entry { topic: topic.clone(), key: key.clone(), meta: Arc::new(meta) });
        self.change(&mut shard, &topic, leaving.into_iter().chain([joining]));
        Ok(Tracked { presence: self.clone(), topic, key, number, phx_ref })
    }

    /// Makes changes of this node, and sees to it that the topic's clients are told.
    fn change(&self, shard: &mut Shard, topic: &Arc<str>, changes: impl IntoIterator<Item = What>) {
        let is_told = shard.untold.contains_key(topic);
        let untold = shard.untold.entry(topic.clone()).or_default();
        for what in changes {
            let number = shard.state.next_number(self.shared.node);
            // The next number leaves no gap.
            if let Ok(diff) = shard.state.apply(&Change { node: self.shared.node, number, what }) {
                untold.joins.extend(diff.joins);
                untold.leaves.extend(diff.leaves);
            }
        }
        if !is_told {
            match tokio::runtime::Handle::try_current() {
                Ok(runtime) => drop(runtime.spawn(tell(Arc::downgrade(&self.shared), topic.clone()))),
                // The server is going down.
                Err(_) => drop(shard.untold.remove(topic)),
            }
        }
    }
}

impl Drop for Tracked {
    fn drop(&mut self) {
        if self.number > 0 {
            let mut shard = self.presence.shard(&self.topic).lock();
            self.presence.change(&mut shard, &self.topic, [What::Leave(self.number)]);
        }
    }
}

/// Tells the clients of a topic what has changed, until there is nothing more to tell.
async fn tell(shared: Weak<Shared>, topic: Arc<str>) {
    loop {
        {
            let Some(shared) = shared.upgrade() else { return };
            let presence = Presence { shared };
            let diff = {
                let mut shard = presence.shard(&topic).lock();
                match shard.untold.get_mut(&topic) {
                    Some(diff) if !diff.joins.is_empty() || !diff.leaves.is_empty() => std::mem::take(diff),
                    _ => {
                        shard.untold.remove(&topic);
                        return;
                    }
                }
            };
            presence.broadcast(&topic, diff).await;
        }
        tokio::time::sleep(Presence::WINDOW).await;
    }
}

impl Presence {
    async fn broadcast(&self, topic: &str, diff: Diff) {
        #[derive(Serialize)]
        struct PresenceDiff {
            joins: Presences,
            leaves: Presences,
        }
        let fetched = |entries: Vec<Entry>| {
            let mut presences = Presences::new();
            for entry in entries {
                presences.entry(entry.key.to_string()).or_default().metas.push(entry.meta);
            }
            (self.shared.fetch)(topic.to_owned(), presences)
        };
        let diff = PresenceDiff { joins: fetched(diff.joins).await, leaves: fetched(diff.leaves).await };
        // Metas are JSON, and so are fields.
        if let Ok(payload) = Payload::json(&diff) {
            self.shared.endpoint.publish(Broadcast::new(topic, "presence_diff", payload, false), None);
        }
    }
}
