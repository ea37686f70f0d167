//! Genres that are numbers: of ID3v1, and in the ways in which ID3v2 writes those.

use lofty::id3::v1::GENRES;

/// The name of a genre of ID3v1.
pub(super) fn name(number: usize) -> Option<&'static str> {
    GENRES.get(number).copied()
}

/// The genres in one value of `TCON`: `(51)(39)`, `(51)Trance`, `17`, `(RX)`, `((a name in brackets)`, or a name.
pub(super) fn names(value: &str) -> Vec<&str> {
    let mut rest = value.trim();
    if let Some(name) = numbered(rest) {
        return vec![name];
    }
    let mut names = Vec::new();
    while let Some((number, after)) = rest.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        match numbered(number) {
            Some(name) => names.push(name),
            // A number that no genre has.
            None if is_number(number) => {}
            None => break,
        }
        rest = after.trim_start();
    }
    let rest = if rest.starts_with("((") { &rest[1..] } else { rest };
    if !rest.is_empty() && !is_number(rest) && !names.contains(&rest) {
        names.push(rest);
    }
    names
}

fn numbered(text: &str) -> Option<&'static str> {
    match text {
        "RX" => Some("Remix"),
        "CR" => Some("Cover"),
        _ if is_number(text) => name(text.parse().ok()?),
        _ => None,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn numbers_are_resolved() {
        for (value, expected) in [
            ("Trance", &["Trance"] as &[&str]),
            ("17", &["Rock"]),
            ("(17)", &["Rock"]),
            ("(17)Rock", &["Rock"]),
            ("(51)(39)", &["Techno-Industrial", "Noise"]),
            ("(31)Goa (hard)", &["Trance", "Goa (hard)"]),
            ("(RX)(CR)", &["Remix", "Cover"]),
            ("RX", &["Remix"]),
            ("((sic) Noise", &["(sic) Noise"]),
            ("(live) Folk", &["(live) Folk"]),
            ("(255)", &[]),
            ("255", &[]),
            ("1984 wave", &["1984 wave"]),
            ("Hip-Hop/Rap", &["Hip-Hop/Rap"]),
            ("", &[]),
        ] {
            assert_eq!(names(value), expected, "{value}");
        }
    }
}
