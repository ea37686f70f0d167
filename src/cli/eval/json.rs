//! The object of `eval --json`.

use std::path::Path;

use indexer::{EvalReport, GroupingScores, LearnFrom, LearnedGain, MethodScores, Reason, Share, location};
use serde_json::{Value, json};

pub(super) fn as_json(report: &EvalReport, plot: Option<&Path>) -> Value {
    let recommended = &report.recommended;
    json!({
        "songs": report.songs,
        "grouped": report.grouped,
        "algorithm": report.algorithm,
        "learn_from": report.learn_from.map(LearnFrom::name),
        "labels": report.labels.as_ref().map(|labels| json!({
            "file": labels.file.as_deref().map(location),
            "songs": labels.songs,
            "labels": labels.labels,
        })),
        "artists": report.artists,
        "albums": report.albums,
        "methods": report.methods.iter().map(method).collect::<Vec<_>>(),
        "recommended": {
            "method": recommended.method,
            "n": recommended.n,
            "by": word(recommended.reason),
            "learn_from": recommended.learn_from.map(LearnFrom::name),
        },
        "plot": plot.map(location),
        "seconds": report.seconds,
    })
}

fn method(method: &MethodScores) -> Value {
    json!({
        "method": method.method,
        "coverage": method.coverage,
        "n": method.n,
        "groupings": method.groupings.iter().map(grouping).collect::<Vec<_>>(),
        "label_votes": method.label_votes.map(share),
        "artist_hits": method.artist_hits.map(share),
        "learned": method.learned.iter().map(learned).collect::<Vec<_>>(),
    })
}

fn grouping(row: &GroupingScores) -> Value {
    json!({
        "n": row.n,
        "silhouette": row.silhouette,
        "davies_bouldin": row.davies_bouldin,
        "calinski_harabasz": row.calinski_harabasz,
        "stability": row.stability,
        "nmi": row.nmi,
        "ari": row.ari,
        "purity": row.purity,
    })
}

fn share(share: Share) -> Value {
    json!({"share": share.share, "error": share.error, "songs": share.songs})
}

fn learned(gain: &LearnedGain) -> Value {
    json!({
        "from": gain.from.name(),
        "measure": if gain.is_by_label { "label_votes" } else { "artist_hits" },
        "before": gain.before,
        "after": gain.after,
        "error": gain.error,
        "songs": gain.songs,
        "certain": gain.is_certain(),
    })
}

/// By what a method was chosen.
fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Only => "only",
        Reason::Labels => "label_votes",
        Reason::Artists => "artist_hits",
        Reason::Stability => "stability",
    }
}
