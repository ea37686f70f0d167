//! The point that songs are to be near to, from songs that are wanted and songs that are not.

use ndarray::Array1;

use super::space::{PartPoint, Point};

/// How much of what is unwanted is taken away. With all of it, songs that are a little like both ends would be left with
/// nothing of what is wanted.
const UNWANTED: f32 = 0.5;

/// The mean of what is wanted, less half the mean of what is not, as far from the middle of the library as the former.
/// None: nothing is left. At least one point is `wanted`.
pub(crate) fn query(wanted: &[Point], unwanted: &[Point]) -> Option<Point> {
    let parts = wanted[0].0.len();
    let part = |part: usize| {
        let of = |points: &[Point]| points.iter().map(|point| point.0[part].clone()).collect::<Vec<_>>();
        let (wanted, unwanted) = (of(wanted), of(unwanted));
        let coarse = |point: &PartPoint| Some(point.coarse.clone());
        let exact = |point: &PartPoint| point.exact.clone();
        let coarse = blend(&all(&wanted, coarse)?, &all(&unwanted, coarse)?)?;
        let exact = match (all(&wanted, exact), all(&unwanted, exact)) {
            (Some(wanted), Some(unwanted)) => Some(blend(&wanted, &unwanted)?),
            _ => None,
        };
        Some(PartPoint { coarse, exact })
    };
    (0..parts).map(part).collect::<Option<_>>().map(Point)
}

fn all(points: &[PartPoint], of: impl Fn(&PartPoint) -> Option<Array1<f32>>) -> Option<Vec<Array1<f32>>> {
    points.iter().map(of).collect()
}

fn blend(wanted: &[Array1<f32>], unwanted: &[Array1<f32>]) -> Option<Array1<f32>> {
    let mut point = mean(wanted);
    if unwanted.is_empty() {
        return Some(point);
    }
    let wanted = length(&point);
    point = point - mean(unwanted) * UNWANTED;
    let own = length(&point);
    (own > 1e-6 * wanted).then(|| point * (wanted / own))
}

fn mean(points: &[Array1<f32>]) -> Array1<f32> {
    let sum = points.iter().fold(Array1::zeros(points[0].len()), |sum, point| sum + point);
    sum / points.len() as f32
}

fn length(point: &Array1<f32>) -> f32 {
    point.dot(point).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    fn point(coarse: [f32; 2]) -> Point {
        Point(vec![PartPoint { coarse: coarse.into_iter().collect(), exact: None }])
    }

    #[test]
    fn several_songs_are_their_mean() {
        let found = query(&[point([2.0, 0.0]), point([0.0, 4.0])], &[]).unwrap();
        assert_eq!(found.0[0].coarse, array![1.0, 2.0]);
        assert!(found.0[0].exact.is_none());
    }

    #[test]
    fn what_is_unwanted_pushes_away_and_no_farther_out() {
        let found = query(&[point([3.0, 0.0])], &[point([3.0, 4.0])]).unwrap();
        let coarse = &found.0[0].coarse;
        assert!((length(coarse) - 3.0).abs() < 1e-5 && coarse[0] > 0.0 && coarse[1] < 0.0, "{coarse}");
    }

    #[test]
    fn what_is_unwanted_may_leave_nothing() {
        assert!(query(&[point([1.0, 1.0])], &[point([2.0, 2.0])]).is_none());
    }
}
