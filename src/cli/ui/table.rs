//! Tables: columns beside each other, cut to the width of a terminal.

use super::{print::print, screen::Screen, text::Text};

/// Columns between two columns of a table.
const GAP: usize = 2;
/// What the last cell of a row keeps of a narrow terminal unless a table says otherwise, and what a name keeps.
const TAIL: usize = 32;
const LEAST: usize = 10;

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// Something short, on the left of its column.
    Left,
    /// The same on the right.
    Right,
    /// A name, on the left, which may be cut.
    Name,
}

/// Rows of cells, with lines between them that keep to no column.
#[derive(Debug)]
pub(crate) struct TextTable {
    columns: Vec<Column>,
    /// What the last cells keep before names give way.
    tail: usize,
    /// The last cell of a row may take all the room that is left.
    rows: Vec<Vec<Text>>,
}

impl TextTable {
    /// A table with so many columns before the last one, which stands on the left and ends the row.
    pub(crate) fn new(columns: &[Column]) -> Self {
        Self { columns: columns.to_owned(), tail: TAIL, rows: vec![] }
    }

    /// The same, whose last cells keep so many columns of a narrow terminal.
    pub(crate) fn keeping(self, tail: usize) -> Self {
        Self { tail, ..self }
    }

    /// Adds a row. The last cell of a short one goes over the columns that follow.
    pub(crate) fn row<const N: usize>(&mut self, cells: [Text; N]) {
        self.rows.push(cells.into());
    }

    /// Adds a line. It is never cut: what it says to do stands at its end.
    pub(crate) fn line(&mut self, text: impl Into<Text>) {
        self.rows.push(vec![text.into()]);
    }

    /// The lines as they are printed there.
    pub(crate) fn lines(&self, screen: &Screen) -> Vec<String> {
        let widths = self.widths(screen.width);
        self.rows.iter().map(|row| self.printed(row, &widths, screen)).collect()
    }

    /// The same as one text.
    pub(crate) fn text(&self, screen: &Screen) -> String {
        self.lines(screen).join("\n")
    }

    /// Prints the table to stdout.
    pub(crate) fn print(&self) -> std::io::Result<()> {
        self.lines(&Screen::stdout()).iter().try_for_each(|line| print(line))
    }

    /// Writes the table into the log.
    pub(crate) fn log(&self) {
        self.lines(&Screen::FILE)
            .iter()
            .filter(|line| !line.is_empty())
            .for_each(|line| tracing::info!("{line}"));
    }

    /// The widths of all columns but the last. Where the last cells would have no room, the widest names give way.
    fn widths(&self, all: Option<usize>) -> Vec<usize> {
        let cells = |column: usize| self.rows.iter().filter(move |row| column + 1 < row.len());
        let width = |column| cells(column).map(|row| row[column].width()).max().unwrap_or_default();
        let mut widths: Vec<usize> = (0..self.columns.len()).map(width).collect();
        let tail = self.rows.iter().filter(|row| row.len() > 1).filter_map(|row| row.last());
        let tail = tail.map(Text::width).max().unwrap_or_default().min(self.tail);
        let Some(all) = all else { return widths };
        let needed = |widths: &[usize]| widths.iter().map(|width| width + GAP).sum::<usize>() + tail;
        while needed(&widths) > all {
            let names = widths.iter_mut().zip(&self.columns).filter(|(_, column)| **column == Column::Name);
            let widest = names.map(|(width, _)| width).max().filter(|width| **width > LEAST);
            let Some(widest) = widest else { break };
            *widest -= 1;
        }
        widths
    }

    fn printed(&self, row: &[Text], widths: &[usize], screen: &Screen) -> String {
        let (mut line, mut used) = (String::new(), 0);
        for (column, cell) in row.iter().enumerate() {
            let is_last = column + 1 == row.len();
            let room = screen.width.filter(|_| row.len() > 1);
            let room = room.map_or(usize::MAX, |width| width.saturating_sub(used));
            let most = if is_last { room } else { widths[column].min(room) };
            let cell = cell.cut(most);
            let text = cell.print(screen.is_coloured);
            let space = if is_last { 0 } else { most.saturating_sub(cell.width()) };
            let (before, after) = match self.columns.get(column) {
                Some(Column::Right) if !is_last => (space, GAP),
                _ => (0, space + GAP),
            };
            line += &format!("{:before$}{text}{:after$}", "", "");
            used += cell.width() + before + after;
        }
        line.trim_end().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> TextTable {
        let mut table = TextTable::new(&[Column::Name, Column::Right]);
        table.row(["Jazz".into(), "5 songs".into(), Text::green("+1").and(" more")]);
        table.row([
            "音楽 and more".into(),
            "12 songs".into(),
            "new: Ann – One; Bob – Two; Cid – Three".into(),
        ]);
        table.row(["Gone".into(), "gone: 3 songs to Jazz".into()]);
        table.line("2 playlists of all the songs that there are in this library now");
        table
    }

    fn lines(width: Option<usize>) -> Vec<String> {
        table().lines(&Screen { width, is_coloured: false })
    }

    #[test]
    fn columns_stand_below_each_other_whatever_the_letters() {
        assert_eq!(
            lines(None),
            [
                "Jazz            5 songs  +1 more",
                "音楽 and more  12 songs  new: Ann – One; Bob – Two; Cid – Three",
                "Gone           gone: 3 songs to Jazz",
                "2 playlists of all the songs that there are in this library now",
            ]
        );
    }

    #[test]
    fn no_row_is_wider_than_the_terminal() {
        assert_eq!(lines(Some(60))[1], "音楽 and more  12 songs  new: Ann – One; Bob – Two; Cid – T…");
        assert_eq!(lines(Some(50))[1], "音楽 and…   12 songs  new: Ann – One; Bob – Two;…");
        for width in 1..80 {
            let too_wide = |line: &&String| Text::from(line.as_str()).width() > width;
            assert_eq!(lines(Some(width))[..3].iter().find(too_wide), None, "{width}");
            assert_eq!(lines(Some(width))[3], lines(None)[3], "a sentence is not cut");
        }
        assert_eq!(lines(Some(80)), lines(None));
        let screen = Screen { width: Some(60), is_coloured: false };
        assert_eq!(table().keeping(36).lines(&screen)[0], "Jazz           5 songs  +1 more");
    }

    #[test]
    fn colours_do_not_count() {
        let plain = lines(Some(50));
        let coloured = table().lines(&Screen { width: Some(50), is_coloured: true });
        assert_eq!(coloured[0].replace("\u{1b}[32m", "").replace("\u{1b}[0m", ""), plain[0]);
        assert_ne!(coloured[0], plain[0]);
    }
}
