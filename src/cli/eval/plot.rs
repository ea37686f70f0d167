//! `--plot`: the curves of an evaluation as a page of its own that needs no network.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::io::{self, Write as _};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Context;
use indexer::{EvalReport, GroupingScores, MethodScores, Share};

use super::chart::{Curve, chart};
use super::table::{head, learned, recommendation};
use crate::cli::ui::{exit::Usage, print::shown};

/// By which a page of ours is known.
const MARK: &str = "<meta name=\"generator\" content=\"indexer eval\">";

/// The colours of Okabe and Ito (2008), which the colour-blind can tell apart, on light and on dark.
const COLOURS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8a8a8a"];

const STYLE: &str = "
:root { color-scheme: light dark; --ink: #222; --grid: #ddd; --page: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #ddd; --grid: #444; --page: #181818; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--page); margin: 2rem auto; max-width: 58rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1rem; margin: 0; } p { margin: .3rem 0; }
pre { overflow-x: auto; padding: .6rem 1rem; border: 1px solid var(--grid); border-radius: 4px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 1.5rem; margin: 1.5rem 0; }
.legend span { margin-right: 1.2rem; white-space: nowrap; } .legend i { display: inline-block; width: .8em; height: .8em; border-radius: 50%; margin-right: .4em; }
.hint { font-size: .85rem; opacity: .75; }
svg { width: 100%; height: auto; } svg text { font-size: 11px; fill: var(--ink); }
.grid { stroke: var(--grid); } .axis { stroke: var(--ink); } .curve { fill: none; stroke-width: 2; }
table { border-collapse: collapse; } th, td { text-align: left; padding: .2rem 1.2rem .2rem 0; vertical-align: top; }
";

/// A measure: its name, what is good, and its value.
type Measure = (&'static str, &'static str, fn(&GroupingScores) -> Option<f64>);

const MEASURES: &[Measure] = &[
    ("Silhouette", "the more, the better separated", |row| row.silhouette),
    ("Stability", "how much is found again in parts of the songs", |row| row.stability),
    ("Davies-Bouldin", "the less, the better separated", |row| row.davies_bouldin),
    ("Calinski-Harabasz", "the more, the tighter", |row| row.calinski_harabasz),
    ("NMI", "information shared with the labels", |row| row.nmi),
    ("ARI", "pairs on which playlists and labels agree", |row| row.ari),
    ("Purity", "songs with the most frequent label of their playlist", |row| row.purity),
];

/// Refuses a file that cannot be written, or that is not ours: before anything is measured.
pub(super) fn check(file: &Path, is_forced: bool) -> anyhow::Result<()> {
    let (name, folder) = (shown(file), file.parent().unwrap_or(file));
    if file.is_dir() {
        return Err(Usage(format!("--plot {name} is a folder: name a file in it")).into());
    }
    if !folder.as_os_str().is_empty() && !folder.is_dir() {
        return Err(Usage(format!("--plot {name}: its folder is not there, make it first")).into());
    }
    let is_ours = || fs::read(file).is_ok_and(|bytes| String::from_utf8_lossy(&bytes).contains(MARK));
    if file.exists() && !is_forced && !is_ours() {
        let text = format!("--plot {name} is there already and not of eval's: name another file, or --force");
        return Err(Usage(text).into());
    }
    Ok(())
}

/// Writes the page, whole or not at all.
pub(super) fn write(file: &Path, report: &EvalReport) -> anyhow::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let written = || -> io::Result<()> {
        let mut staged =
            tempfile::Builder::new().permissions(Permissions::from_mode(0o666)).tempfile_in(folder)?;
        staged.write_all(page(report).as_bytes())?;
        staged.persist(file)?;
        Ok(())
    };
    written().with_context(|| format!("cannot write {}", shown(file)))
}

fn page(report: &EvalReport) -> String {
    let methods = &report.methods;
    let names: Vec<_> = methods.iter().map(|method| escaped(&method.method)).collect();
    let mut page = format!("<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n{MARK}\n");
    page += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n";
    page += "<title>indexer eval</title>\n<style>";
    page += STYLE;
    let mut legend = String::new();
    for (number, name) in names.iter().enumerate() {
        let colour = COLOURS[number % COLOURS.len()];
        // Writing to a string does not fail.
        let _ =
            writeln!(page, "path.c{number} {{ stroke: {colour}; }} circle.c{number} {{ fill: {colour}; }}");
        let _ = write!(legend, "<span><i style=\"background:{colour}\"></i>{name}</span>");
    }
    let _ = write!(
        page,
        "</style>\n<h1>Methods and numbers of playlists</h1>\n<p>{}.</p>\n<pre>{}</pre>\n<p class=\"legend\">{legend}</p>\n",
        escaped(&head(report)),
        escaped(&recommendation(report))
    );
    page += "<p class=\"hint\">The large dots are the numbers that <code>cluster</code> would choose.</p>\n<div class=\"charts\">\n";
    for (title, hint, value) in MEASURES {
        let curve = |(method, name): (&MethodScores, &String)| {
            let points = method.groupings.iter().filter_map(|row| Some((row.n, value(row)?))).collect();
            (points, name.clone(), method.n)
        };
        let curves: Vec<(Vec<_>, String, usize)> = methods.iter().zip(&names).map(curve).collect();
        let curves: Vec<_> = curves
            .iter()
            .map(|(points, name, n)| Curve { name, points: points.clone(), marked: *n })
            .collect();
        if let Some(svg) = chart(title, &curves) {
            let _ = writeln!(page, "<section><h2>{title}</h2><p class=\"hint\">{hint}</p>{svg}</section>");
        }
    }
    page + "</div>\n" + &neighbours(methods) + "</html>\n"
}

/// What the nearest songs have in common, as a table.
fn neighbours(methods: &[MethodScores]) -> String {
    let percent = |share: Option<Share>| {
        share.map_or("–".to_owned(), |share| {
            format!("{:.1} % ± {:.1}", 100.0 * share.share, 100.0 * share.error)
        })
    };
    let mut table = "<table><tr><th>method<th>5 nearest songs of other artists vote for the label<th>the artist is among the 5 \
                     nearest again<th>a metric learned from tags\n"
        .to_owned();
    for method in methods {
        let gains: Vec<_> = method.learned.iter().map(|gain| escaped(&learned(gain))).collect();
        let gains = if gains.is_empty() { "–".to_owned() } else { gains.join("<br>") };
        let (name, votes) = (escaped(&method.method), percent(method.label_votes));
        let hits = percent(method.artist_hits);
        // Writing to a string does not fail.
        let _ = writeln!(table, "<tr><td>{name}<td>{votes}<td>{hits}<td>{gains}");
    }
    table + "</table>\n"
}

/// Text as HTML has it.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use indexer::{Reason, Recommendation};

    use super::*;

    fn report(method: &str) -> EvalReport {
        let row = |n: usize| GroupingScores {
            n,
            silhouette: Some(0.1 * n as f64),
            davies_bouldin: Some(1.0),
            calinski_harabasz: Some(50.0),
            stability: None,
            nmi: None,
            ari: None,
            purity: None,
        };
        EvalReport {
            songs: 20,
            grouped: 20,
            algorithm: "kmeans".into(),
            learn_from: None,
            labels: None,
            artists: 0,
            albums: 0,
            methods: vec![MethodScores {
                method: method.into(),
                coverage: 1.0,
                groupings: vec![row(2), row(3)],
                n: 3,
                label_votes: None,
                artist_hits: Some(Share { share: 0.5, error: 0.1, songs: 20 }),
                learned: vec![],
            }],
            recommended: Recommendation {
                method: method.into(),
                n: 3,
                reason: Reason::Only,
                learn_from: None,
            },
            seconds: 0.1,
        }
    }

    #[test]
    fn the_page_has_a_chart_for_each_measure_that_is_known_and_asks_no_network() {
        let page = page(&report("mfcc"));
        assert_eq!(page.matches("<svg").count(), 3);
        assert!(page.contains("Silhouette") && !page.contains("Purity") && page.contains("50.0 % ± 10.0"));
        for asked in ["http", "src=", "@import", "url(", "<script"] {
            assert!(!page.contains(asked), "{asked}");
        }
    }

    #[test]
    fn a_name_is_only_a_name() {
        let page = page(&report("<script>alert(1)</script>"));
        assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains("<script>"));
    }

    #[test]
    fn a_page_of_ours_is_replaced_and_anything_else_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("eval.html");
        check(&file, false).unwrap();
        write(&file, &report("mfcc")).unwrap();
        check(&file, false).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o400, 0o400);
        fs::write(&file, "mine").unwrap();
        assert!(check(&file, false).unwrap_err().to_string().contains("--force"));
        check(&file, true).unwrap();
        assert!(check(folder.path(), true).is_err());
        assert!(check(&folder.path().join("none/eval.html"), true).is_err());
    }
}
