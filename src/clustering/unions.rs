//! Rows that are joined, two sets at a time, until the sets are the clusters.

/// Disjoint sets of rows (Tarjan 1975). What comes out does not depend on the order of the joins.
pub(super) struct Unions(Vec<usize>);

impl Unions {
    /// Every row alone.
    pub(super) fn new(rows: usize) -> Self {
        Self((0..rows).collect())
    }

    /// The smallest row of the set that holds `row`.
    pub(super) fn first(&mut self, mut row: usize) -> usize {
        while self.0[row] != row {
            self.0[row] = self.0[self.0[row]];
            row = self.0[row];
        }
        row
    }

    pub(super) fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.first(a), self.first(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_joined_has_one_first_row_in_any_order() {
        let joins = [(5, 3), (1, 5), (4, 2), (3, 1)];
        for order in [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]] {
            let mut unions = Unions::new(6);
            order.iter().for_each(|&join| unions.join(joins[join].0, joins[join].1));
            let firsts: Vec<_> = (0..6).map(|row| unions.first(row)).collect();
            assert_eq!(firsts, [0, 1, 2, 1, 2, 1]);
        }
    }
}
