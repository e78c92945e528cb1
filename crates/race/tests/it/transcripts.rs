//! Every file of `tests/transcripts` must read as it is run. `UPDATE_TRANSCRIPTS=1 cargo test -p
//! race` writes the files anew; the change is then to be read in the diff.

use std::fs;
use std::path::{Path, PathBuf};

use crate::transcript::rewrite;

fn files() -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let entries = fs::read_dir(folder).expect("the transcripts are there");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("readable").path()).collect();
    paths.sort();
    assert!(paths.len() > 20, "transcripts are missing: {paths:?}");
    paths.into_iter().map(|path| (path.clone(), fs::read_to_string(path).expect("text"))).collect()
}

/// Both texts line by line, with what differs marked, and what is the same left out but for three
/// lines on each side.
fn diff(expected: &str, actual: &str) -> String {
    let (expected, actual): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    // common[i][j]: how many lines expected[i..] and actual[j..] have in common, in order.
    let mut common = vec![vec![0; actual.len() + 1]; expected.len() + 1];
    for i in (0..expected.len()).rev() {
        for j in (0..actual.len()).rev() {
            common[i][j] = if expected[i] == actual[j] {
                common[i + 1][j + 1] + 1
            } else {
                common[i + 1][j].max(common[i][j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut lines = Vec::new();
    while i < expected.len() || j < actual.len() {
        if i < expected.len() && j < actual.len() && expected[i] == actual[j] {
            lines.push((' ', expected[i]));
            (i, j) = (i + 1, j + 1);
        } else if i < expected.len() && (j == actual.len() || common[i + 1][j] >= common[i][j + 1]) {
            lines.push(('-', expected[i]));
            i += 1;
        } else {
            lines.push(('+', actual[j]));
            j += 1;
        }
    }
    let differs = |at: usize| lines[at].0 != ' ';
    let near = |at: usize| (at.saturating_sub(3)..(at + 4).min(lines.len())).any(differs);
    let shown = (0..lines.len()).filter(|at| near(*at));
    shown.map(|at| format!("{} {}\n", lines[at].0, lines[at].1)).collect()
}

#[test]
fn every_transcript_reads_as_it_runs() {
    let update = std::env::var_os("UPDATE_TRANSCRIPTS").is_some();
    let mut wrong = Vec::new();
    for (path, expected) in files() {
        let actual = rewrite(&expected, false);
        if actual == expected {
            continue;
        }
        if update {
            fs::write(&path, actual).expect("writable");
        } else {
            wrong.push(format!("{}\n{}", path.display(), diff(&expected, &actual)));
        }
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n\n"));
}

#[test]
fn a_restore_before_every_line_changes_no_transcript() {
    for (path, expected) in files() {
        // What a restore forgets on purpose is the list of changed lanes.
        if expected.contains(" changes\n") {
            continue;
        }
        let actual = rewrite(&expected, true);
        assert!(actual == expected, "{}\n{}", path.display(), diff(&expected, &actual));
    }
}

#[test]
fn there_is_a_transcript_for_every_rule_outcome_and_refusal() {
    let all: String = files().into_iter().map(|(_, text)| text).collect();
    let expected = [
        "refused: no racers",
        "refused: already running",
        "refused: not running",
        "refused: no such racer",
        "refused: room is full",
        "refused: name is missing",
        "refused: name is too long",
        "refused: bad rules: taps must be between 1 and 10000",
        "refused: bad rules: seconds must be between 1 and 600",
        "refused: bad rules: lead must be between 1 and 10000",
        "refused: bad rules: countdown must be between 0 and 60000",
        "refused: bad rules: max_taps_per_second must be between 0 and 1000",
        "refused: bad rules: handicap needs a sprint",
        " for Di Bo",
        " hold @",
        " outage @",
        " handicap 500",
        "start timed 5 hold",
        "start timed 5 rhythm",
        " earlier than it came",
        "start sprint",
        "start timed",
        "start tug",
        "penalty",
        " won\n",
        "team won: ",
        ": dead heat: ",
        ": no taps",
        ": abandoned",
        ": cancelled",
        "(left)",
        "(timeout)",
        "(kicked)",
        " flagged ",
        " replay ",
        "-> a tug is not one racer's",
        "-> false start",
        "-> rejoined",
        "-> renamed",
        " snapshot\n",
    ];
    let missing: Vec<&str> = expected.into_iter().filter(|text| !all.contains(text)).collect();
    assert!(missing.is_empty(), "no transcript shows {missing:?}");
}

#[test]
fn a_wrong_line_is_found_and_shown() {
    let transcript = "0 join Ada\n    -> joined Ada, lane 1\n0 tap Ada\n";
    assert_eq!(rewrite(transcript, false), transcript);
    let wrong = transcript.replace("lane 1", "lane 2");
    let shown = diff(&wrong, &rewrite(&wrong, false));
    assert!(shown.contains("-     -> joined Ada, lane 2\n+     -> joined Ada, lane 1"), "{shown}");
}
