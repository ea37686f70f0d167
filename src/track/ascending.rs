//! Ascending lists, and walks through them.

/// The items, ascending. Those of a playlist most often are, and sorted parts are only merged.
pub(crate) fn sorted<'a, T: Ord>(items: impl IntoIterator<Item = &'a T>) -> Vec<&'a T> {
    let mut items: Vec<_> = items.into_iter().collect();
    items.sort();
    items
}

/// The list from its first item on that is not `before`. The end of what is skipped is looked for from the front in steps that
/// double, so who goes through two lists side by side pays little where they are alike.
pub(crate) fn skip_before<T>(list: &[T], before: impl Fn(&T) -> bool) -> &[T] {
    let mut reach = 1;
    while list.get(reach - 1).is_some_and(&before) {
        reach *= 2;
    }
    let (known, reach) = (reach / 2, reach.min(list.len()));
    &list[known + list[known..reach].partition_point(before)..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_is_skipped() {
        for length in 0..20 {
            let list: Vec<_> = (0..length).map(|n| 2 * n).collect();
            for wanted in 0..=2 * length {
                let expected = list.iter().position(|item| *item >= wanted).unwrap_or(list.len());
                assert_eq!(skip_before(&list, |item| *item < wanted), &list[expected..], "{length} {wanted}");
            }
        }
    }
}
