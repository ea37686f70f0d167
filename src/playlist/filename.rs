//! File names that are valid on any disk, from names of playlists that may contain anything.

use crate::text::misleads;

/// The longest stem in bytes: ` (99)` and an extension still fit into the 255 bytes of a file name.
const LONGEST_STEM: usize = 200;

/// A file name without its extension: one component, not hidden, no flag of a program, at most 200 bytes.
pub(super) fn stem(name: &str) -> String {
    let plain: String = name.chars().map(|c| if is_unsafe(c) { '-' } else { c }).collect();
    let plain = plain.trim_start_matches(|c| is_edge(c) || c == '-');
    let ends = plain.char_indices().map(|(start, c)| start + c.len_utf8());
    let end = ends.take_while(|end| *end <= LONGEST_STEM).last().unwrap_or(0);
    let stem = plain[..end].trim_end_matches(is_edge);
    match stem {
        "" => "playlist".to_owned(),
        _ if is_device(stem) => format!("_{stem}"),
        _ => stem.to_owned(),
    }
}

/// Separators on any system, characters that are special in a shell or not allowed on FAT, and invisible ones.
fn is_unsafe(c: char) -> bool {
    misleads(c) || r#"/\:*?"<>|"#.contains(c)
}

fn is_edge(c: char) -> bool {
    c == '.' || c.is_whitespace()
}

/// Names of devices, which Windows shares reject with any extension.
fn is_device(stem: &str) -> bool {
    let base = stem.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let number = base.strip_prefix("COM").or_else(|| base.strip_prefix("LPT"));
    matches!(base.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || number.is_some_and(|number| matches!(number.as_bytes(), [b'0'..=b'9']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_becomes_one_safe_component() {
        let cases = [
            ("Night Drive", "Night Drive"),
            ("Ünïcødé 🎵, 120 BPM", "Ünïcødé 🎵, 120 BPM"),
            ("AC/DC", "AC-DC"),
            ("../../x", "x"),
            ("/etc/x", "etc-x"),
            ("..", "playlist"),
            ("", "playlist"),
            (" \t. ", "playlist"),
            ("-rf", "rf"),
            ("-- -.x", "x"),
            ("...hidden", "hidden"),
            ("  edges. . ", "edges"),
            ("nul\0byte\nline", "nul-byte-line"),
            ("\u{202e}gpj\u{200b}", "gpj-"),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
            (r#"a\b:c*d?e"f<g>h|i"#, "a-b-c-d-e-f-g-h-i"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("Com7", "_Com7"),
            ("Lpt1 .x", "_Lpt1 .x"),
            ("Console", "Console"),
            ("COM10", "COM10"),
            ("コン", "コン"),
        ];
        for (name, expected) in cases {
            assert_eq!(stem(name), expected.trim_end(), "{name:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_characters() {
        assert_eq!(stem(&"x".repeat(300)), "x".repeat(200));
        assert_eq!(stem(&"é".repeat(300)), "é".repeat(100));
        assert_eq!(stem(&format!("{} y", "x".repeat(199))), "x".repeat(199));
        assert_eq!(stem(&"♫".repeat(300)).len(), 198);
    }
}
