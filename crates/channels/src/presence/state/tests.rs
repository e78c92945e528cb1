use proptest::prelude::*;

use super::*;

/// What one node does: joins a key of a topic, or ends one of its own entries.
#[derive(Clone, Debug)]
enum Act {
    Join { topic: u8, key: u8 },
    Leave { which: prop::sample::Index },
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => (0..3u8, 0..4u8).prop_map(|(topic, key)| Act::Join { topic, key }),
        2 => any::<prop::sample::Index>().prop_map(|which| Act::Leave { which }),
    ];
    prop::collection::vec(act, 0..24)
}

/// The changes that a node's acts make.
fn changes(id: u64, acts: &[Act]) -> Vec<Change> {
    let node = NodeId(id);
    let mut live = Vec::new();
    let mut changes = Vec::new();
    for act in acts {
        let number = changes.len() as u64 + 1;
        let what = match act {
            Act::Join { topic, key } => {
                live.push(number);
                let meta = Arc::new(Meta::test(&format!("{id}.{number}")));
                What::Join(Entry { topic: format!("t{topic}").into(), key: format!("k{key}").into(), meta })
            }
            Act::Leave { which } if !live.is_empty() => What::Leave(live.remove(which.index(live.len()))),
            Act::Leave { .. } => continue,
        };
        changes.push(Change { node, number, what });
    }
    changes
}

/// The state after the first `count` changes of a node.
fn after(changes: &[Change]) -> State {
    let mut state = State::default();
    for change in changes {
        state.apply(change).expect("in order");
    }
    state
}

/// What a state lists, to be compared.
fn listed(state: &State) -> Vec<(String, String, Vec<String>)> {
    let mut topics: Vec<_> = state.topics.keys().cloned().collect();
    topics.sort();
    let mut all = Vec::new();
    for topic in topics {
        for (key, metas) in state.list(&topic) {
            let refs = metas.map(|meta| meta.phx_ref().to_owned()).collect();
            all.push((topic.to_string(), key.to_string(), refs));
        }
    }
    all
}

/// A state that has been told these pictures.
fn told(pictures: &[&Picture]) -> State {
    let mut state = State::default();
    for picture in pictures {
        state.merge(picture);
    }
    state
}

proptest! {
    #[test]
    fn pictures_may_come_in_any_order_and_more_than_once(one in acts(), two in acts(), cuts in prop::array::uniform3(any::<prop::sample::Index>()), order in Just([0, 1, 2, 3, 0, 2]).prop_shuffle()) {
        let (one, two) = (changes(1, &one), changes(2, &two));
        let cut = |changes: &[Change], cut: &prop::sample::Index| after(&changes[..cut.index(changes.len() + 1)]);
        let pictures = [
            cut(&one, &cuts[0]).picture(NodeId(1)),
            cut(&one, &cuts[1]).picture(NodeId(1)),
            cut(&two, &cuts[2]).picture(NodeId(2)),
            after(&two).picture(NodeId(2)),
        ];
        let straight = told(&pictures.iter().collect::<Vec<_>>());
        let shuffled = told(&order.map(|index| &pictures[index]));
        prop_assert_eq!(listed(&straight), listed(&shuffled));
    }

    #[test]
    fn a_picture_and_the_changes_it_sums_up_come_to_the_same(acts in acts(), cut in any::<prop::sample::Index>()) {
        let changes = changes(1, &acts);
        let (before, behind) = changes.split_at(cut.index(changes.len() + 1));
        let mut pictured = told(&[&after(before).picture(NodeId(1))]);
        for change in &changes {
            // Those in the picture are known; the rest follow.
            prop_assert!(pictured.apply(change).is_ok());
        }
        prop_assert_eq!(listed(&pictured), listed(&after(&changes)));
        let gap = behind.get(1).map(|change| after(before).apply(change));
        prop_assert!(gap.is_none_or(|gap| gap == Err(Gap)));
    }

    #[test]
    fn the_diffs_add_up_to_the_state(one in acts(), two in acts()) {
        let mut state = State::default();
        let mut present: Vec<Entry> = Vec::new();
        for change in changes(1, &one).iter().chain(&changes(2, &two)) {
            let Diff { joins, leaves } = state.apply(change).expect("in order");
            present.retain(|entry| !leaves.contains(entry));
            present.extend(joins);
        }
        let count = listed(&state).iter().map(|(_, _, refs)| refs.len()).sum::<usize>();
        prop_assert_eq!(present.len(), count);
    }

    #[test]
    fn a_node_takes_its_entries_with_it_and_no_others(one in acts(), two in acts()) {
        let (one, two) = (changes(1, &one), changes(2, &two));
        let mut state = after(&one);
        for change in &two {
            state.apply(change).expect("in order");
        }
        let diff = state.forget(NodeId(1));
        prop_assert_eq!(diff.leaves.len(), after(&one).picture(NodeId(1)).entries.len());
        prop_assert_eq!(listed(&state), listed(&after(&two)));
        state.forget(NodeId(2));
        prop_assert!(state.is_empty());
    }
}
