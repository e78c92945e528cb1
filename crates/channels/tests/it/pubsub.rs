//! The contract of PubSub adapters, held to one node and to several.

use std::sync::{Arc, Mutex};

use channels::{Inlet, Local, PubSub, Relayed, test::pubsub_contract};

/// Nodes in one process, which tell each other what they broadcast as bytes.
#[derive(Clone, Default)]
struct Bus {
    nodes: Arc<Mutex<Vec<(usize, Inlet)>>>,
}

struct Node {
    number: usize,
    bus: Bus,
}

impl Bus {
    fn nodes(count: usize) -> Vec<Node> {
        let bus = Self::default();
        (0..count).map(|number| Node { number, bus: bus.clone() }).collect()
    }
}

impl PubSub for Node {
    fn start(&self, inlet: Inlet) {
        self.bus.nodes.lock().expect("no panic").push((self.number, inlet));
    }

    fn publish(&self, message: &Relayed) {
        let bytes = message.to_bytes();
        let others = self.bus.nodes.lock().expect("no panic").clone();
        for (_, inlet) in others.iter().filter(|(number, _)| *number != self.number) {
            inlet.deliver(&Relayed::from_bytes(&bytes).expect("our own"));
        }
    }
}

#[tokio::test]
async fn one_node_keeps_the_contract() {
    pubsub_contract([Local]).await;
}

#[tokio::test]
async fn three_nodes_keep_the_contract() {
    pubsub_contract(Bus::nodes(3)).await;
}

#[tokio::test]
#[should_panic(expected = "no push of count")]
async fn nodes_that_do_not_hear_each_other_break_it() {
    pubsub_contract([Local, Local]).await;
}
