//! Text as it is shown: invisible characters, single lines, and names that look alike.

/// Shows nothing by itself, or changes its neighbours: joiners, marks of direction, spaces of no width.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}')
        || matches!(c, '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Makes a terminal or a list of files show something else than what is there, and no text needs it. The two
/// joiners, which letters and emoji need, are not among these.
pub(crate) fn misleads(c: char) -> bool {
    c.is_control() || is_invisible(c) && !matches!(c, '\u{200c}' | '\u{200d}')
}

/// The visible characters of a name in lower case: the same for names that look alike.
pub(crate) fn visible(name: &str) -> String {
    let visible: String = name.chars().filter(|c| !c.is_control() && !is_invisible(*c)).collect();
    visible.trim().to_lowercase()
}

/// Text that may contain names of files, on one line: what moves the cursor or misleads is escaped.
pub fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars() {
        if misleads(c) { line.extend(c.escape_default()) } else { line.push(c) }
    }
    line
}

/// A number of things, whose plural ends in `s`.
pub fn counted(number: usize, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}

/// All lines that are not empty, joined by spaces.
pub(crate) fn joined_lines(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The text with spaces for ends of lines and control characters.
pub(crate) fn without_line_ends(text: &str) -> String {
    text.replace(|c: char| c.is_control() || ends_line(c), " ")
}

/// What any reader may understand as the end of a line (Python's `splitlines` accepts all of these).
pub(crate) fn ends_line(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1c}'..='\u{1e}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// An error with its causes on one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
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
    fn names_that_look_alike_are_one() {
        for (name, seen) in [
            ("Same", "same"),
            ("SAME\u{200b}", "same"),
            ("\u{202e}Sa\u{2060}me\u{feff} ", "same"),
            ("\u{200b}", ""),
            (" \u{200f}\n", ""),
            ("👩\u{200d}🚀", "👩🚀"),
        ] {
            assert_eq!(visible(name), seen, "{name:?}");
        }
    }

    #[test]
    fn what_writing_needs_does_not_mislead() {
        let text = "\u{200b}\u{200e}\u{200f}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{feff}\n\u{1b}\u{61c}\u{85}\u{9b}\u{2028}\u{2029}";
        for c in text.chars() {
            assert!(misleads(c), "{c:?}");
        }
        assert!(!"a é ♫ 👩\u{200d}🚀 می\u{200c}خواهم".chars().any(misleads));
    }
}
