//! Who is present where, as several nodes come to agree on it: pure, without time or network.
//!
//! Each node alone decides about its own entries and numbers its changes. What another node knows
//! of it is "everything up to change *n*", so that of two pictures of a node the one with the higher
//! number holds: merging is commutative, associative and idempotent whatever gets lost or comes
//! twice. A node that goes takes its entries with it.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use super::meta::Meta;

/// A run of a server: a node that starts anew is another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(pub u64);

/// Names an entry: the node that it is on, and the number of the change that made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Tag {
    pub node: NodeId,
    pub number: u64,
}

/// One meta of one key of one topic.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub topic: Arc<str>,
    pub key: Arc<str>,
    pub meta: Arc<Meta>,
}

/// One change, numbered by its node.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Change {
    pub node: NodeId,
    pub number: u64,
    pub what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum What {
    Join(Entry),
    /// The entry that the change of this number made is gone.
    Leave(u64),
}

/// All that a node has, up to the change of this number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub node: NodeId,
    pub number: u64,
    pub entries: BTreeMap<u64, Entry>,
}

/// A change did not follow the last one known: a [`Picture`] of its node is needed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("changes of the node are missing")]
pub(crate) struct Gap;

/// What has become different.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Diff {
    pub joins: Vec<Entry>,
    pub leaves: Vec<Entry>,
}

/// Everything that is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    nodes: HashMap<NodeId, Node>,
    topics: HashMap<Arc<str>, Keys>,
}

/// Of each key its metas, oldest first.
type Keys = BTreeMap<Arc<str>, Vec<(Tag, Arc<Meta>)>>;

#[derive(Clone, Debug, Default)]
struct Node {
    number: u64,
    entries: BTreeMap<u64, Entry>,
}

impl State {
    /// The number that the next change of a node will have.
    pub fn next_number(&self, node: NodeId) -> u64 {
        self.nodes.get(&node).map_or(0, |node| node.number) + 1
    }

    /// Applies the next change of a node; one that is known already changes nothing.
    ///
    /// # Errors
    /// [`Gap`] when changes before it are not known.
    pub fn apply(&mut self, change: &Change) -> Result<Diff, Gap> {
        let node = self.nodes.entry(change.node).or_default();
        if change.number <= node.number {
            return Ok(Diff::default());
        }
        if change.number != node.number + 1 {
            return Err(Gap);
        }
        node.number = change.number;
        let mut diff = Diff::default();
        match &change.what {
            What::Join(entry) => {
                node.entries.insert(change.number, entry.clone());
                self.enter(Tag { node: change.node, number: change.number }, entry);
                diff.joins.push(entry.clone());
            }
            What::Leave(number) => {
                if let Some(entry) = node.entries.remove(number) {
                    self.exit(Tag { node: change.node, number: *number }, &entry);
                    diff.leaves.push(entry);
                }
            }
        }
        Ok(diff)
    }

    /// All that is known of a node.
    #[cfg_attr(not(test), expect(dead_code, reason = "one node has nobody to exchange pictures with"))]
    pub fn picture(&self, id: NodeId) -> Picture {
        let Node { number, entries } = self.nodes.get(&id).cloned().unwrap_or_default();
        Picture { node: id, number, entries }
    }

    /// Takes over a picture of a node, if it is newer than what is known.
    #[cfg_attr(not(test), expect(dead_code, reason = "one node has nobody to exchange pictures with"))]
    pub fn merge(&mut self, picture: &Picture) -> Diff {
        let node = self.nodes.entry(picture.node).or_default();
        let mut diff = Diff::default();
        if picture.number <= node.number {
            return diff;
        }
        node.number = picture.number;
        let old = std::mem::replace(&mut node.entries, picture.entries.clone());
        for (number, entry) in &old {
            if !picture.entries.contains_key(number) {
                self.exit(Tag { node: picture.node, number: *number }, entry);
                diff.leaves.push(entry.clone());
            }
        }
        for (number, entry) in &picture.entries {
            if !old.contains_key(number) {
                self.enter(Tag { node: picture.node, number: *number }, entry);
                diff.joins.push(entry.clone());
            }
        }
        diff
    }

    /// A node is gone, and its entries with it.
    #[cfg_attr(not(test), expect(dead_code, reason = "one node has nobody to exchange pictures with"))]
    pub fn forget(&mut self, id: NodeId) -> Diff {
        let Some(node) = self.nodes.remove(&id) else { return Diff::default() };
        for (number, entry) in &node.entries {
            self.exit(Tag { node: id, number: *number }, entry);
        }
        Diff { joins: Vec::new(), leaves: node.entries.into_values().collect() }
    }

    /// The keys of a topic with their metas, oldest first.
    pub fn list(&self, topic: &str) -> impl Iterator<Item = (&Arc<str>, impl Iterator<Item = &Arc<Meta>>)> {
        let keys = self.topics.get(topic).into_iter().flatten();
        keys.map(|(key, metas)| (key, metas.iter().map(|(_, meta)| meta)))
    }

    /// The metas of one key.
    pub fn metas(&self, topic: &str, key: &str) -> impl Iterator<Item = &Arc<Meta>> {
        let metas = self.topics.get(topic).and_then(|keys| keys.get(key));
        metas.into_iter().flatten().map(|(_, meta)| meta)
    }

    /// Whether nobody is present anywhere.
    #[cfg(test)]
    pub fn is_empty(&self) -> bool {
        self.topics.is_empty()
    }

    fn enter(&mut self, tag: Tag, entry: &Entry) {
        let keys = self.topics.entry(entry.topic.clone()).or_default();
        let metas = keys.entry(entry.key.clone()).or_default();
        // In the order of their tags, so that every node lists them alike.
        let place = metas.partition_point(|(other, _)| *other < tag);
        metas.insert(place, (tag, entry.meta.clone()));
    }

    fn exit(&mut self, tag: Tag, entry: &Entry) {
        let Some(keys) = self.topics.get_mut(&entry.topic) else { return };
        if let Some(metas) = keys.get_mut(&entry.key) {
            metas.retain(|(other, _)| *other != tag);
            if metas.is_empty() {
                keys.remove(&entry.key);
            }
        }
        if keys.is_empty() {
            self.topics.remove(&entry.topic);
        }
    }
}

#[cfg(test)]
mod tests;
