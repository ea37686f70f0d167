//! How well two labellings of the same things agree, as scikit-learn defines it.

use std::collections::BTreeMap;

/// From 0 (as by chance) to 1 (the same), but for `ari`, which is below 0 where they agree less than by chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct LabelAgreement {
    /// Mutual information, normalised by the arithmetic mean of the entropies.
    pub nmi: f64,
    /// Rand's index, adjusted for chance (Hubert and Arabie 1985).
    pub ari: f64,
    /// The share of the things that have the most frequent label of their group.
    pub purity: f64,
}

/// Of the label and the group of each thing; there is at least one.
pub(crate) fn agreement<T: Ord, U: Ord>(pairs: &[(T, U)]) -> LabelAgreement {
    let (mut labels, mut groups, mut both) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
    for (label, group) in pairs {
        *labels.entry(label).or_insert(0.0) += 1.0;
        *groups.entry(group).or_insert(0.0) += 1.0;
        *both.entry((group, label)).or_insert(0.0) += 1.0;
    }
    let all = pairs.len() as f64;
    let entropy = |count: f64| -count / all * (count / all).ln();
    let pairs_of = |count: f64| count * (count - 1.0) / 2.0;
    let sums = |f: &dyn Fn(f64) -> f64| {
        let sum = |counts: &mut dyn Iterator<Item = &f64>| counts.map(|count| f(*count)).sum::<f64>();
        (sum(&mut labels.values()), sum(&mut groups.values()), sum(&mut both.values()))
    };
    let (one, other, joint) = sums(&entropy);
    let nmi = if one + other == 0.0 { 1.0 } else { 2.0 * (one + other - joint) / (one + other) };
    let (one, other, joint) = sums(&pairs_of);
    let expected = one * other / pairs_of(all);
    let most = (one + other) / 2.0;
    let ari = if most == expected || all < 2.0 { 1.0 } else { (joint - expected) / (most - expected) };
    let mut largest: BTreeMap<&U, f64> = BTreeMap::new();
    for ((group, _), count) in &both {
        let largest = largest.entry(*group).or_default();
        *largest = largest.max(*count);
    }
    LabelAgreement { nmi, ari, purity: largest.values().sum::<f64>() / all }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_partitions_agree_whatever_their_labels_are_called() {
        let same = agreement(&[("a", 7), ("a", 7), ("b", 1), ("b", 1)]);
        assert_eq!(same, LabelAgreement { nmi: 1.0, ari: 1.0, purity: 1.0 });
        let one = agreement(&[("a", 1)]);
        assert_eq!(one, LabelAgreement { nmi: 1.0, ari: 1.0, purity: 1.0 });
        let half = agreement(&[("a", 1), ("b", 1), ("a", 2), ("b", 2)]);
        assert!(half.nmi.abs() < 1e-12 && half.ari < 0.0 && half.purity == 0.5, "{half:?}");
    }
}
