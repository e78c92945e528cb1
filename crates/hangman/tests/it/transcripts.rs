//! Every file of `tests/transcripts` must read as it is run. `UPDATE_TRANSCRIPTS=1 cargo test -p
//! hangman` writes the files anew; the change is then to be read in the diff.
//!
//! The first line is the word, each line after it a guess, the lines with an arrow are what came of
//! it.

use std::{fs, path::Path};

use hangman::{Game, Letter};

const ARROW: &str = "    -> ";

fn rewrite(text: &str) -> String {
    let mut game: Option<Game> = None;
    let mut written = String::new();
    for line in text.lines().filter(|line| !line.starts_with(ARROW)) {
        written += &format!("{line}\n");
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let follows = match &mut game {
            None => game.insert(Game::new(line.parse().expect("a word"))).tally().to_string(),
            Some(game) => guess(game, line),
        };
        written += &format!("{ARROW}{follows}\n");
    }
    written
}

fn guess(game: &mut Game, line: &str) -> String {
    let letter: Letter = match line.parse() {
        Ok(letter) => letter,
        Err(invalid) => return format!("invalid: {invalid}"),
    };
    match game.guess(letter) {
        Ok(state) => format!("{}: {state}", game.tally()),
        Err(refused) => format!("refused: {refused}"),
    }
}

#[test]
fn every_transcript_reads_as_it_runs() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut run = 0;
    for entry in fs::read_dir(folder).expect("the transcripts are there") {
        let path = entry.expect("readable").path();
        let expected = fs::read_to_string(&path).expect("text");
        let actual = rewrite(&expected);
        if std::env::var_os("UPDATE_TRANSCRIPTS").is_some() {
            fs::write(&path, actual).expect("writable");
        } else {
            assert_eq!(actual, expected, "{}", path.display());
        }
        run += 1;
    }
    assert!(run >= 3, "transcripts are missing");
}
