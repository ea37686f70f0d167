//! Turns, mirrors, scales and shifts a map so that it lies on the last one as well as it can: the method of Procrustes
//! (Gower 1975) in the plane, where it has a closed form.

use super::task::Position;

/// Moves all `positions` by the one similarity that brings those that were somewhere `before` nearest to there.
pub(crate) fn align(positions: &mut [Position], before: &[Option<Position>]) {
    let pairs: Vec<_> =
        positions.iter().zip(before).filter_map(|(now, before)| Some((*now, (*before)?))).collect();
    if pairs.len() < 2 {
        return;
    }
    let mean = |of: fn(&(Position, Position)) -> Position| {
        let sum = pairs
            .iter()
            .map(of)
            .fold([0.0; 2], |sum, at| [sum[0] + f64::from(at[0]), sum[1] + f64::from(at[1])]);
        sum.map(|sum| sum / pairs.len() as f64)
    };
    let (centre, target) = (mean(|pair| pair.0), mean(|pair| pair.1));
    // As complex numbers: the sums of before · conj(now), and of before · now for the mirrored map.
    let (mut turned, mut mirrored, mut size) = ([0.0; 2], [0.0; 2], 0.0);
    for (now, before) in &pairs {
        let [x, y] = [f64::from(now[0]) - centre[0], f64::from(now[1]) - centre[1]];
        let [u, v] = [f64::from(before[0]) - target[0], f64::from(before[1]) - target[1]];
        turned = [turned[0] + u * x + v * y, turned[1] + v * x - u * y];
        mirrored = [mirrored[0] + u * x - v * y, mirrored[1] + v * x + u * y];
        size += x * x + y * y;
    }
    if size <= 0.0 {
        return;
    }
    let is_mirrored = mirrored[0].hypot(mirrored[1]) > turned[0].hypot(turned[1]);
    let factor = if is_mirrored { mirrored } else { turned }.map(|sum: f64| sum / size);
    for position in positions {
        let x = f64::from(position[0]) - centre[0];
        let y = (f64::from(position[1]) - centre[1]) * if is_mirrored { -1.0 } else { 1.0 };
        let [a, b] = factor;
        *position = [(a * x - b * y + target[0]) as f32, (a * y + b * x + target[1]) as f32];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPE: [Position; 5] = [[0., 0.], [4., 0.], [4., 1.], [1., 3.], [-2., 5.]];

    #[test]
    fn a_map_that_was_turned_mirrored_scaled_and_shifted_comes_back() {
        let (sine, cosine) = 0.7_f32.sin_cos();
        for mirror in [1.0, -1.0] {
            let change = |[x, y]: Position| {
                let y = mirror * y;
                [3.0 * (cosine * x - sine * y) + 7.0, 3.0 * (sine * x + cosine * y) - 2.0]
            };
            let mut changed = SHAPE.map(change);
            // Where one of them was is not known: it goes with the others.
            let mut before = SHAPE.map(Some);
            before[2] = None;
            align(&mut changed, &before);
            for (found, expected) in changed.iter().flatten().zip(SHAPE.iter().flatten()) {
                assert!((found - expected).abs() < 1e-4, "{changed:?}");
            }
        }
    }

    #[test]
    fn what_has_nothing_in_common_stays() {
        let mut positions = SHAPE;
        align(&mut positions, &[None; 5]);
        align(&mut positions, &[Some([9., 9.]), None, None, None, None]);
        assert_eq!(positions, SHAPE);
        let mut same = [[1.0, 1.0]; 3];
        align(&mut same, &[Some([0., 0.]), Some([1., 0.]), None]);
        assert_eq!(same, [[1.0, 1.0]; 3]);
    }
}
