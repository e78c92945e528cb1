//! A courtesy to parties with children: the crudest words do not get on the big screen by
//! themselves. It is no more than that; hosts see every name and can kick.

/// Rude in any word that holds them.
const ANYWHERE: [&str; 10] = [
    "fuck",
    "bitch",
    "asshole",
    "arschloch",
    "hurensohn",
    "wichser",
    "faggot",
    "hitler",
    "shithead",
    "dickhead",
];

/// Rude as a word, and often part of one that is not (Scunthorpe, Hitchcock, Matsushita, Niggle).
const AS_A_WORD: [&str; 22] = [
    "shit", "shits", "cunt", "cunts", "cock", "cocks", "penis", "pussy", "slut", "sluts", "whore", "whores",
    "twat", "wanker", "rape", "rapist", "nazi", "nazis", "nigger", "nigga", "fotze", "porn",
];

pub(super) fn is_rude(name: &str) -> bool {
    let words: Vec<String> = name.split_whitespace().map(plain).filter(|word| !word.is_empty()).collect();
    // "f u c k" is one word to everybody who reads it.
    let spelt = words.iter().all(|word| word.chars().count() == 1);
    let words = if spelt { vec![words.concat()] } else { words };
    words
        .iter()
        .any(|word| ANYWHERE.iter().any(|rude| word.contains(rude)) || AS_A_WORD.contains(&word.as_str()))
}

/// A word in lower case letters only, digits and signs read as the letters they stand for, and
/// letters that are drawn out taken once.
fn plain(word: &str) -> String {
    let letters: Vec<char> = word
        .chars()
        .flat_map(char::to_lowercase)
        .map(|character| match character {
            '0' => 'o',
            '1' | '!' | '|' => 'i',
            '3' => 'e',
            '4' | '@' => 'a',
            '5' | '$' => 's',
            '7' => 't',
            other => other,
        })
        .filter(|character| character.is_alphabetic())
        .collect();
    letters
        .chunk_by(|left, right| left == right)
        .flat_map(|run| run.iter().take(if run.len() > 2 { 1 } else { run.len() }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crude_words_are_found_under_their_disguises() {
        for rude in [
            "fuck",
            "FUCKER",
            "f.u.c.k",
            "f u c k",
            "fuuuuck",
            "sh1t",
            "$hit",
            "Big Penis",
            "a55hole",
            "N1gger",
        ] {
            assert!(is_rude(rude), "{rude}");
        }
    }

    #[test]
    fn decent_words_that_hold_them_are_let_through() {
        for decent in [
            "Scunthorpe",
            "Hitchcock",
            "Matsushita",
            "Essex",
            "Jeff Uckfield",
            "Dick",
            "Niger",
            "Assassin",
            "7",
        ] {
            assert!(!is_rude(decent), "{decent}");
        }
    }
}
