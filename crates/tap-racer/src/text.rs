//! What people type, before others see it.

/// Line breaks and tabs become spaces; other control characters go, and with them what turns the
/// direction of a line round or has no shape and no use: such text could pass for somebody else's, or
/// spill over its place.
pub fn without_controls(typed: &str) -> String {
    let mut stacked = 0;
    let mut cleaned = String::with_capacity(typed.len());
    for character in typed.chars() {
        if character.is_whitespace() {
            cleaned.push(' ');
        } else if character.is_control() || is_format(character) {
            continue;
        } else if is_combining(character) {
            // Two marks are as many as living scripts put on a letter; towers of them cover the lines
            // above.
            stacked += 1;
            if stacked <= 2 {
                cleaned.push(character);
            }
            continue;
        } else {
            cleaned.push(character);
        }
        stacked = 0;
    }
    cleaned
}

/// Whether there is anything to see.
pub fn is_visible(text: &str) -> bool {
    text.chars()
        .any(|character| !character.is_whitespace() && !is_combining(character) && !is_blank(character))
}

/// Marks of direction, widthless spaces and tags.
fn is_format(character: char) -> bool {
    matches!(character,
        '\u{061c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Joiners, selectors and fillers: needed inside of words and emoji, nothing on their own.
fn is_blank(character: char) -> bool {
    matches!(character,
        '\u{00ad}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200c}' | '\u{200d}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{e0100}'..='\u{e01ef}')
}

/// The blocks of combining diacritical marks.
fn is_combining(character: char) -> bool {
    matches!(character,
        '\u{0300}'..='\u{036f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}'
        | '\u{fe20}'..='\u{fe2f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_and_direction_marks_go_and_line_breaks_become_spaces() {
        assert_eq!(without_controls("a\u{0}b\u{1b}[1mc\u{202e}d\u{2066}e\u{feff}\r\n\tf"), "ab[1mcde   f");
    }

    #[test]
    fn emoji_and_other_scripts_stay_whole() {
        for text in ["👩‍🚀", "🏳️‍🌈", "日本語", "نام", "می‌خواهم", "Zoë", "e\u{301}\u{323}"]
        {
            assert_eq!(without_controls(text), text);
            assert!(is_visible(text));
        }
    }

    #[test]
    fn towers_of_marks_are_cut() {
        let tower = format!("a{}b", "\u{301}".repeat(40));
        assert_eq!(without_controls(&tower), "a\u{301}\u{301}b");
    }

    #[test]
    fn fillers_alone_are_not_visible() {
        for text in ["", "  ", "\u{3164}", "\u{200d}\u{200d}", "\u{ad}", "\u{2800}", "\u{301}"] {
            assert!(!is_visible(text), "{text:?}");
        }
    }
}
