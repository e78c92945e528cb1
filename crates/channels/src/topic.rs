//! Topic patterns: `"console"` matches itself, `"chat:*"` every topic that starts with `chat:`.
//!
//! Source: Phoenix's `lib/phoenix/socket.ex`, `channel/3`.

/// Which topics a channel serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TopicPattern {
    Exact(Box<str>),
    Prefix(Box<str>),
}

impl TopicPattern {
    /// Reads a pattern, in which `*` may stand at the end only.
    pub fn parse(pattern: &str) -> Option<Self> {
        match pattern.split_once('*') {
            None => Some(Self::Exact(pattern.into())),
            Some((prefix, "")) => Some(Self::Prefix(prefix.into())),
            Some(_) => None,
        }
    }

    pub fn matches(&self, topic: &str) -> bool {
        match self {
            Self::Exact(exact) => **exact == *topic,
            Self::Prefix(prefix) => topic.starts_with(&**prefix),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> TopicPattern {
        TopicPattern::parse(text).expect("a pattern")
    }

    #[test]
    fn a_splat_matches_what_starts_with_its_prefix() {
        assert!(pattern("chat:*").matches("chat:lobby"));
        assert!(pattern("chat:*").matches("chat:"));
        assert!(!pattern("chat:*").matches("chat"));
        assert!(!pattern("chat:*").matches("Chat:lobby"));
        assert!(pattern("*").matches(""));
    }

    #[test]
    fn a_pattern_without_a_splat_matches_itself_only() {
        assert!(pattern("console").matches("console"));
        assert!(!pattern("console").matches("console:1"));
        assert!(!pattern("console").matches(""));
    }

    #[test]
    fn a_splat_may_stand_at_the_end_only() {
        assert_eq!(TopicPattern::parse("a*b"), None);
        assert_eq!(TopicPattern::parse("a**"), None);
    }
}
