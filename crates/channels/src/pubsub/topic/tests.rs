use super::*;
use crate::payload::Payload;

/// Reads what it is visited with.
struct Listed {
    reading: Mutex<Option<Reading>>,
    /// What it read at each visit.
    visits: Mutex<Vec<Vec<String>>>,
}

impl Listed {
    fn all(&self) -> Vec<String> {
        self.visits.lock().concat()
    }
}

impl Reader for Listed {
    fn catch_up(self: Arc<Self>, news: &News<'_>, _: &mut Out) {
        let mut reading = self.reading.lock();
        let Some(reading) = &mut *reading else { return };
        let unread = reading.unread(news).map(|broadcast| broadcast.event.to_string()).collect();
        reading.advance(news);
        self.visits.lock().push(unread);
    }
}

struct Room {
    topic: Arc<Topic>,
    numbers: AtomicU64,
}

impl Room {
    fn new() -> Self {
        Self { topic: Topic::new("a".into()), numbers: AtomicU64::new(0) }
    }

    fn reader(&self, id: u64) -> Arc<Listed> {
        let listed = Arc::new(Listed { reading: Mutex::default(), visits: Mutex::default() });
        *listed.reading.lock() = Some(self.topic.add_reader(listed.clone(), SubscriberId(id), &[]));
        listed
    }

    fn say(&self, event: &str) -> Option<Arc<Round>> {
        self.say_from(event, None, Payload::empty())
    }

    fn say_from(&self, event: &str, from: Option<u64>, payload: Payload) -> Option<Arc<Round>> {
        let broadcast = Arc::new(Broadcast::new("a", event, payload, false));
        self.topic.publish(&broadcast, from.map(SubscriberId), &self.numbers).round
    }

    fn kept(&self) -> usize {
        self.topic.inner.lock().log.len()
    }
}

/// Makes the next step; the round that follows if it was the last one.
fn step(round: &Round) -> Option<Arc<Round>> {
    match round.step(&mut Bag::default(), &mut Out::default()) {
        Left::Over(next) => next,
        Left::More | Left::Nothing => None,
    }
}

#[test]
fn what_is_broadcast_before_a_round_comes_is_read_together() {
    let room = Room::new();
    let reader = room.reader(1);
    let round = room.say("one").expect("the first broadcast asks for a round");
    assert!(room.say("two").is_none() && room.say("three").is_none(), "it is on its way");
    step(&round);
    assert_eq!(*reader.visits.lock(), [["one", "two", "three"]]);
}

#[test]
fn every_reader_hears_each_broadcast_once_whenever_it_was_made() {
    let room = Room::new();
    let readers: Vec<_> = (0..100).map(|id| room.reader(id)).collect();
    let mut round = room.say("0").expect("a round");
    for number in 1..20 {
        assert!(room.say(&number.to_string()).is_none(), "one is on its way as long as there is news");
        round = step(&round).unwrap_or(round);
    }
    while room.kept() > 0 {
        round = step(&round).unwrap_or(round);
    }
    let expected: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    assert!(readers.iter().all(|reader| reader.all() == expected));
    assert_eq!(room.kept(), 0, "what everybody has read is not kept");
    assert!(room.say("more").is_some(), "the next broadcast asks for a round again");
}

#[test]
fn a_reader_hears_what_is_broadcast_while_it_reads_and_not_what_it_says_itself() {
    let room = Room::new();
    let (early, speaker) = (room.reader(1), room.reader(2));
    let round = room.say("before").expect("a round");
    let late = room.reader(3);
    room.say_from("said", Some(2), Payload::empty());
    step(&round);
    assert_eq!(early.all(), ["before", "said"]);
    assert_eq!(speaker.all(), ["before"]);
    assert!(late.all().is_empty() || late.all() == ["said"]);
    let mut rest = Vec::new();
    late.reading.lock().as_mut().expect("it reads").read(u64::MAX, &mut rest);
    assert_eq!(
        late.all().len() + rest.len(),
        1,
        "a round may come by, and who is sent something reads first"
    );
}

#[test]
fn who_visits_all_beside_a_round_that_is_on_its_way_leaves_it_to_end() {
    let room = Room::new();
    let readers: Vec<_> = (0..100).map(|id| room.reader(id)).collect();
    let round = room.say("one").expect("a round");
    room.topic.visit_all(&mut Out::default());
    assert!(readers.iter().all(|reader| reader.all() == ["one"]));
    assert_eq!(room.kept(), 0);
    assert!(room.say("two").is_none(), "the round is still to come");
    let mut round = round;
    while room.kept() > 0 {
        round = step(&round).unwrap_or(round);
    }
    assert!(readers.iter().all(|reader| reader.all() == ["one", "two"]));
}

#[test]
fn a_reader_leaves_out_the_events_that_its_channel_intercepts() {
    let room = Room::new();
    let reader = room.reader(1);
    reader.reading.lock().as_mut().expect("it reads").except = &["two"];
    let round = room.say("one").expect("a round");
    room.say("two");
    step(&round);
    let mut rest = Vec::new();
    room.say("two");
    room.say("three");
    reader.reading.lock().as_mut().expect("it reads").read(u64::MAX, &mut rest);
    assert_eq!(reader.all(), ["one"]);
    assert_eq!(rest.iter().map(|logged| &*logged.broadcast.event).collect::<Vec<_>>(), ["three"]);
}

#[test]
fn what_is_read_ends_where_another_topic_was_read() {
    let room = Room::new();
    let reader = room.reader(1);
    for event in ["one", "two", "three"] {
        room.say(event);
    }
    let mut reading = reader.reading.lock();
    let reading = reading.as_mut().expect("it reads");
    let mut read = Vec::new();
    reading.read(2, &mut read);
    assert_eq!(read.len(), 2);
    assert!(reading.is_behind());
    reading.read(1, &mut read);
    reading.read(3, &mut read);
    assert_eq!(read.iter().map(|logged| logged.number).collect::<Vec<_>>(), [0, 1, 2]);
}

#[test]
fn places_of_a_crowd_that_has_gone_are_given_up() {
    let room = Room::new();
    let readers: Vec<_> = (0..1000).map(|id| room.reader(id)).collect();
    for reader in &readers[10..] {
        let place = reader.reading.lock().as_ref().expect("it reads").place();
        room.topic.remove(place);
    }
    assert_eq!(room.topic.places(), 10);
    let newcomer = room.reader(5000);
    step(&room.say("one").expect("a round"));
    assert_eq!(newcomer.all(), ["one"]);
}

#[test]
fn a_topic_that_nobody_reads_keeps_nothing() {
    let room = Room::new();
    assert!(room.say("alone").is_none());
    assert_eq!(room.kept(), 0);
}
