//! Which method and number of playlists to take.

use super::report::{MethodScores, Reason, Recommendation};

/// Of several methods the one whose nearest songs have the same label most often; without labels those of the same artist,
/// if there are `enough_artists`; without these the one whose grouping is the most stable. Silhouettes say nothing here: they
/// are not comparable between spaces. Of equals the first. The number is the one that `cluster` would choose: the smallest
/// whose silhouette cannot be told from the best. There is at least one method.
pub(crate) fn recommend(methods: &[MethodScores], enough_artists: bool) -> Recommendation {
    let labels = |method: &MethodScores| method.label_votes.map(|found| found.share);
    let artists =
        |method: &MethodScores| method.artist_hits.filter(|_| enough_artists).map(|found| found.share);
    let stability = |method: &MethodScores| {
        method.groupings.iter().find(|row| row.n == method.n).and_then(|row| row.stability)
    };
    let by_any = best(methods, labels)
        .map(|best| (best, Reason::Labels))
        .or_else(|| best(methods, artists).map(|best| (best, Reason::Artists)))
        .or_else(|| best(methods, stability).map(|best| (best, Reason::Stability)));
    let (best, reason) = match by_any {
        Some(best) if methods.len() > 1 => best,
        _ => (&methods[0], Reason::Only),
    };
    let certain = best.learned.iter().filter(|gain| gain.is_certain());
    let learned = certain.max_by(|a, b| (a.after - a.before).total_cmp(&(b.after - b.before)));
    Recommendation {
        method: best.method.clone(),
        n: best.n,
        reason,
        learn_from: learned.map(|gain| gain.from),
    }
}

/// The method of the greatest score, if all have one.
fn best(methods: &[MethodScores], score: impl Fn(&MethodScores) -> Option<f64>) -> Option<&MethodScores> {
    let scores: Option<Vec<_>> = methods.iter().map(|method| Some((score(method)?, method))).collect();
    let best = scores?.into_iter().reduce(|best, next| if next.0 > best.0 { next } else { best });
    best.map(|(_, method)| method)
}
