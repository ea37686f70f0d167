//! Characters that show nothing: a name of them is none, and two names that differ in them look alike.

/// Shows nothing by itself, or turns what stands beside it: joiners, marks of direction, spaces of no width.
pub fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// No text needs it, and a terminal or a list of files shows what is not there. The two joiners, which letters and emoji
/// need, are none of these.
pub fn misleads(c: char) -> bool {
    c.is_control() || is_unseen(c) && !matches!(c, '\u{200c}' | '\u{200d}')
}

/// What can be seen of a name, in small letters: names that look alike have it in common.
pub fn look(name: &str) -> String {
    let seen: String = name.chars().filter(|c| !c.is_control() && !is_unseen(*c)).collect();
    seen.trim().to_lowercase()
}

/// An error with its causes on one line.
pub fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
    // A transparent error says the same as its source.
    texts.dedup();
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_have_one_look() {
        for (name, seen) in [
            ("Same", "same"),
            ("SAME\u{200b}", "same"),
            ("\u{202e}Sa\u{2060}me\u{feff} ", "same"),
            ("\u{200b}", ""),
            (" \u{200f}\n", ""),
            ("👩\u{200d}🚀", "👩🚀"),
        ] {
            assert_eq!(look(name), seen, "{name:?}");
        }
    }

    #[test]
    fn what_writing_needs_does_not_mislead() {
        for c in "\u{200b}\u{200e}\u{200f}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\n\u{1b}".chars() {
            assert!(misleads(c), "{c:?}");
        }
        assert!(!"a é ♫ 👩\u{200d}🚀 می\u{200c}خواهم".chars().any(misleads));
    }
}
