//! What holds for any word and any guesses.

use hangman::{Game, Letter, Refused, State, Word, words};
use proptest::{
    prelude::*,
    sample::{Index, select},
    strategy::ValueTree,
    test_runner::TestRunner,
};

fn any_word() -> impl Strategy<Value = Word> {
    let listed = any::<Index>().prop_map(|index| index.get(words()).clone());
    let other = "[a-zA-Z]{1,30}".prop_map(|text| text.parse().expect("letters"));
    prop_oneof![listed, other]
}

/// A word, and guesses of somebody who more or less suspects it: blind ones find no word.
fn any_play() -> impl Strategy<Value = (Word, Vec<Letter>)> {
    (any_word(), 0..4_u32).prop_flat_map(|(word, luck)| {
        let right = select(word.letters().collect::<Vec<_>>());
        let any = select(Letter::all().collect::<Vec<_>>());
        let guess = prop_oneof![luck => right, 1 => any];
        (Just(word), prop::collection::vec(guess, 0..60))
    })
}

fn any_order() -> impl Strategy<Value = Vec<Letter>> {
    Just(Letter::all().collect::<Vec<_>>()).prop_shuffle()
}

proptest! {
    #[test]
    fn guesses_never_increase_and_only_a_bad_one_costs((word, guesses) in any_play()) {
        let mut game = Game::new(word.clone());
        for letter in guesses {
            let before = game.tally().guesses_left;
            let costs = u8::from(game.guess(letter).is_ok() && word.letters().all(|other| other != letter));
            prop_assert_eq!(game.tally().guesses_left, before - costs);
        }
    }

    #[test]
    fn a_game_is_won_lost_or_goes_on((word, guesses) in any_play()) {
        let mut game = Game::new(word);
        for letter in guesses {
            let _ = game.guess(letter);
            let tally = game.tally();
            let (found, out) = (tally.letters.iter().all(Option::is_some), tally.guesses_left == 0);
            prop_assert!(!(found && out));
            prop_assert_eq!(tally.state == State::Won, found);
            prop_assert_eq!(tally.state == State::Lost, out);
            prop_assert_eq!(tally.state.is_over(), found || out);
        }
    }

    #[test]
    fn a_refused_guess_changes_nothing((word, guesses) in any_play()) {
        let mut game = Game::new(word);
        for letter in guesses {
            let before = game.clone();
            let tally = before.tally();
            let expected = if tally.state.is_over() {
                Some(Refused::Over)
            } else {
                tally.guessed.contains(letter).then_some(Refused::AlreadyGuessed(letter))
            };
            prop_assert_eq!(game.guess(letter).err(), expected);
            prop_assert_eq!(game == before, expected.is_some());
        }
    }

    #[test]
    fn repeats_change_nothing((word, guesses) in any_play()) {
        let (mut once, mut often) = (Game::new(word.clone()), Game::new(word));
        for letter in guesses {
            let _ = once.guess(letter);
            let _ = often.guess(letter);
            prop_assert!(often.guess(letter).is_err());
            prop_assert_eq!(&once, &often);
        }
    }

    #[test]
    fn every_game_ends_within_26_guesses(word in any_word(), order in any_order()) {
        let mut game = Game::new(word.clone());
        for letter in order {
            let _ = game.guess(letter);
        }
        prop_assert!(game.tally().state.is_over());
        prop_assert_eq!(game.tally().word, Some(word));
    }

    #[test]
    fn a_tally_shows_what_was_guessed_and_no_more((word, guesses) in any_play()) {
        let mut game = Game::new(word.clone());
        for letter in guesses {
            let _ = game.guess(letter);
            let tally = game.tally();
            let guessed = |letter| tally.guessed.contains(letter);
            let shown: Vec<_> = word.letters().map(|letter| guessed(letter).then_some(letter)).collect();
            prop_assert_eq!(&tally.letters, &shown);
            prop_assert_eq!(tally.word.is_some(), tally.state.is_over());
        }
    }
}

/// Laws about games in which nothing happens would hold of nothing.
#[test]
fn the_guesses_above_reach_every_state_and_refusal() {
    let mut runner = TestRunner::deterministic();
    let mut seen = std::collections::BTreeMap::<String, u32>::new();
    for _ in 0..300 {
        let (word, guesses) = any_play().new_tree(&mut runner).expect("a play").current();
        let mut game = Game::new(word);
        for letter in guesses {
            let name = match game.guess(letter) {
                Ok(state) => state.to_string(),
                Err(Refused::AlreadyGuessed(_)) => "already guessed".into(),
                Err(Refused::Over) => "over".into(),
            };
            *seen.entry(name).or_default() += 1;
        }
    }
    for name in ["good guess", "bad guess", "won", "lost", "already guessed", "over"] {
        assert!(seen.get(name).is_some_and(|count| *count >= 10), "{name} is rare in {seen:?}");
    }
}
