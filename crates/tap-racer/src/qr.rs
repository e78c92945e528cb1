//! QR codes of the join address: for a page, and for a terminal.

use qrcode::{Color, QrCode, render::unicode::Dense1x2};
use serde::Serialize;

/// A code as an SVG path: dark modules one unit wide, without the quiet zone of four units that
/// whoever draws it must leave.
#[derive(Clone, Debug, Serialize)]
pub struct QrPath {
    /// Modules on each side.
    pub size: usize,
    /// What goes into the `d` attribute.
    pub path: String,
}

/// The code of `text` for a page; `None` when it is too long for any code.
pub fn path(text: &str) -> Option<QrPath> {
    let code = QrCode::new(text).ok()?;
    let size = code.width();
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|left, right| left == right) {
            if run[0] == Color::Dark {
                let length = run.len();
                path.push_str(&format!("M{x} {y}h{length}v1h-{length}z"));
            }
            x += run.len();
        }
    }
    Some(QrPath { size, path })
}

/// The code of `text` in half blocks. Light modules are what is drawn, the quiet zone included, since
/// most terminals are dark; `coloured` says so to the others too.
pub fn terminal(text: &str, coloured: bool) -> Option<String> {
    let code = QrCode::new(text).ok()?;
    let drawn = code
        .render::<Dense1x2>()
        .dark_color(Dense1x2::Light)
        .light_color(Dense1x2::Dark)
        .quiet_zone(true)
        .build();
    if !coloured {
        return Some(drawn);
    }
    let lines: Vec<String> = drawn.lines().map(|line| format!("\x1b[97;40m{line}\x1b[0m")).collect();
    Some(lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_with_the_finder_pattern() {
        let QrPath { size, path } = path("http://192.168.1.5:4000/play").expect("a code");
        assert!(path.starts_with("M0 0h7v1h-7z"));
        assert!(path.contains(&format!("M{} 0h7v1h-7z", size - 7)));
    }

    #[test]
    fn a_terminal_code_has_a_light_edge() {
        let drawn = terminal("http://192.168.1.5:4000/play", false).expect("a code");
        let first = drawn.lines().next().expect("lines");
        assert!(first.chars().all(|block| block == '█'), "{first}");
    }

    #[test]
    fn a_text_too_long_for_any_code_has_none() {
        assert!(path(&"x".repeat(10_000)).is_none());
        assert!(terminal(&"x".repeat(10_000), true).is_none());
    }
}
