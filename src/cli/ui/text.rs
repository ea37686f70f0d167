//! A line of text whose parts have styles: measured and cut by the columns that a terminal shows.

use anstyle::{AnsiColor, Style};
use indexer::one_line;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// Text with styles, on [one line](indexer::one_line), whatever tags and names it is made of.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text(Vec<(Style, String)>);

impl Text {
    fn styled(style: Style, text: impl Into<String>) -> Self {
        Self(vec![(style, one_line(&text.into()))])
    }

    pub(crate) fn bold(text: impl Into<String>) -> Self {
        Self::styled(BOLD, text)
    }

    pub(crate) fn dim(text: impl Into<String>) -> Self {
        Self::styled(DIM, text)
    }

    /// What came.
    pub(crate) fn green(text: impl Into<String>) -> Self {
        Self::styled(GREEN, text)
    }

    /// What left.
    pub(crate) fn red(text: impl Into<String>) -> Self {
        Self::styled(RED, text)
    }

    /// This text, and another one behind it.
    pub(crate) fn and(mut self, other: impl Into<Self>) -> Self {
        self.0.extend(other.into().0);
        self
    }

    /// How many columns a terminal needs for it.
    pub(crate) fn width(&self) -> usize {
        self.0.iter().map(|(_, text)| text.width()).sum()
    }

    /// At most `most` columns of it; `…` stands for the rest.
    pub(crate) fn cut(&self, most: usize) -> Self {
        if self.width() <= most {
            return self.clone();
        }
        let mut room = most.saturating_sub(1);
        let mut parts = Vec::new();
        for (style, text) in &self.0 {
            let mut end = 0;
            for (start, c) in text.char_indices() {
                let width = c.width().unwrap_or(0);
                if width > room {
                    let rest = if most == 0 { "" } else { "…" };
                    parts.push((*style, format!("{}{rest}", text[..end].trim_end())));
                    return Self(parts);
                }
                (room, end) = (room - width, start + c.len_utf8());
            }
            parts.push((*style, text.clone()));
        }
        Self(parts)
    }

    /// As it is printed.
    pub(crate) fn print(&self, is_coloured: bool) -> String {
        let part = |(style, text): &(Style, String)| match is_coloured && !text.is_empty() {
            true => format!("{style}{text}{style:#}"),
            false => text.clone(),
        };
        self.0.iter().map(part).collect()
    }
}

impl<T: Into<String>> From<T> for Text {
    fn from(text: T) -> Self {
        Self::styled(Style::new(), text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_measured_and_cut_by_columns() {
        for (text, width) in [("", 0), ("Jazz", 4), ("Ünïcødé", 7), ("音楽", 4), ("e\u{301}", 1), ("♫ −", 3)]
        {
            assert_eq!(Text::from(text).width(), width, "{text}");
        }
        for (text, most, cut) in [
            ("Jazz", 4, "Jazz"),
            ("Jazz", 3, "Ja…"),
            ("Jazz", 1, "…"),
            ("Jazz", 0, ""),
            ("Ann – Song", 7, "Ann –…"),
            ("a bcd", 3, "a…"),
            ("音楽です", 5, "音楽…"),
            ("音楽です", 4, "音…"),
        ] {
            let cut_text = Text::from(text).cut(most);
            assert_eq!(cut_text.print(false), cut, "{text} {most}");
            assert!(cut_text.width() <= most);
        }
    }

    #[test]
    fn a_cut_text_keeps_its_styles_and_ends_them() {
        let text = Text::green("+12").and(" ").and(Text::red("−4, gone"));
        assert_eq!(text.print(false), "+12 −4, gone");
        assert_eq!(text.cut(7).print(true), "\u{1b}[32m+12\u{1b}[0m \u{1b}[31m−4…\u{1b}[0m");
    }
}
