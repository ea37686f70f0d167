//! Line charts as SVG: curves over the number of playlists, one for each method.

use std::fmt::Write;

/// Outer size of a chart, and the room for its axes, in units of the drawing.
const SIZE: (f64, f64) = (420.0, 250.0);
const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 34.0;
/// Ticks of an axis, about.
const TICKS: f64 = 5.0;

/// The values of one method.
pub(super) struct Curve<'a> {
    pub name: &'a str,
    /// Numbers of playlists and values, ascending.
    pub points: Vec<(usize, f64)>,
    /// The number that is marked.
    pub marked: usize,
}

/// What a value becomes on the drawing.
struct ChartAxis {
    least: f64,
    most: f64,
    step: f64,
}

impl ChartAxis {
    /// Over all values, of which there is at least one, with round ticks; those of whole numbers are whole.
    fn over(values: impl Iterator<Item = f64> + Clone, is_whole: bool) -> Self {
        let least = values.clone().fold(f64::INFINITY, f64::min);
        let most = values.fold(f64::NEG_INFINITY, f64::max);
        let wide = if most > least { most - least } else { least.abs().max(1.0) };
        let raw = wide / TICKS;
        let power = 10_f64.powf(raw.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= raw);
        let step = step.unwrap_or(10.0 * power);
        let step = if is_whole { step.max(1.0).round() } else { step };
        if is_whole {
            // Curves begin and end at the edges.
            let (least, most) = if most > least { (least, most) } else { (least - 1.0, most + 1.0) };
            return Self { least, most, step };
        }
        let (least, most) = ((least / step).floor() * step, (most / step).ceil() * step);
        Self { least, most: if most > least { most } else { least + step }, step }
    }

    /// From 0 to 1.
    fn place(&self, value: f64) -> f64 {
        (value - self.least) / (self.most - self.least)
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        let (first, step) = ((self.least / self.step).ceil(), self.step);
        let count = ((self.most / step + 1e-9).floor() - first).max(0.0) as usize;
        (0..=count).map(move |tick| (first + tick as f64) * step)
    }

    /// As many digits as its steps have.
    fn label(&self, value: f64) -> String {
        let digits = (-self.step.log10()).ceil().clamp(0.0, 4.0) as usize;
        let text = format!("{value:.digits$}");
        if text.trim_start_matches('-').chars().all(|c| matches!(c, '0' | '.')) {
            // No minus before a zero.
            text.trim_start_matches('-').to_owned()
        } else {
            text
        }
    }
}

/// The chart of curves, the first of which has the first colour; none where there is no point.
pub(super) fn chart(title: &str, curves: &[Curve]) -> Option<String> {
    let points = || curves.iter().flat_map(|curve| &curve.points);
    points().next()?;
    let across = ChartAxis::over(points().map(|(n, _)| *n as f64), true);
    let up = ChartAxis::over(points().map(|(_, value)| *value), false);
    let x = |n: usize| LEFT + across.place(n as f64) * (SIZE.0 - LEFT - RIGHT);
    let y = |value: f64| SIZE.1 - BOTTOM - up.place(value) * (SIZE.1 - TOP - BOTTOM);
    let (width, height) = SIZE;
    let mut svg = format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{title}\">");
    let mut draw = |text: String| svg.push_str(&text);
    let (right, bottom) = (width - RIGHT, height - BOTTOM);
    for tick in up.ticks() {
        let at = y(tick);
        draw(format!("<path class=\"grid\" d=\"M{LEFT} {at:.1}H{right}\"/>"));
        draw(format!(
            "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 10.0,
            at + 4.0,
            up.label(tick)
        ));
    }
    for tick in across.ticks() {
        let (at, label) = (LEFT + across.place(tick) * (right - LEFT), across.label(tick));
        draw(format!("<path class=\"grid\" d=\"M{at:.1} {bottom}v5\"/>"));
        draw(format!("<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{label}</text>", bottom + 17.0));
    }
    draw(format!("<path class=\"axis\" d=\"M{LEFT} {bottom}H{right}\"/>"));
    draw(format!("<text x=\"{right}\" y=\"{}\" text-anchor=\"end\">playlists</text>", height - 3.0));
    for (number, curve) in curves.iter().enumerate() {
        let path = curve.points.iter().enumerate().fold(String::new(), |mut path, (place, (n, value))| {
            let letter = if place == 0 { 'M' } else { 'L' };
            // Writing to a string does not fail.
            let _ = write!(path, "{letter}{:.1} {:.1}", x(*n), y(*value));
            path
        });
        draw(format!("<path class=\"curve c{number}\" d=\"{path}\"/>"));
        for (n, value) in &curve.points {
            let radius = if *n == curve.marked { 5.0 } else { 2.5 };
            draw(format!(
                "<circle class=\"c{number}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\"><title>{}, {n} playlists: {value:.4}</title></circle>",
                x(*n),
                y(*value),
                curve.name,
            ));
        }
    }
    Some(svg + "</svg>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_ticks_that_hold_all_values() {
        for (values, is_whole, ticks) in [
            (&[0.11, 0.29][..], false, &["0.10", "0.15", "0.20", "0.25", "0.30"][..]),
            (&[-0.05, 0.1], false, &["-0.05", "0.00", "0.05", "0.10"]),
            (&[120.0, 980.0], false, &["0", "200", "400", "600", "800", "1000"]),
            (&[0.5], false, &["0.4", "0.6"]),
            (&[2.0, 4.0], true, &["2", "3", "4"]),
            (&[2.0, 30.0], true, &["10", "20", "30"]),
            (&[8.0], true, &["8"]),
        ] {
            let axis = ChartAxis::over(values.iter().copied(), is_whole);
            let found: Vec<_> = axis.ticks().map(|tick| axis.label(tick)).collect();
            assert!(values.iter().all(|value| (0.0..=1.0).contains(&axis.place(*value))), "{values:?}");
            assert!(
                ticks.iter().all(|tick| found.iter().any(|found| found == tick)),
                "{values:?}: {found:?}"
            );
        }
    }

    #[test]
    fn every_value_is_a_dot_and_the_marked_one_is_larger() {
        let curve = |name, points| Curve { name, points, marked: 3 };
        let svg = chart("NMI", &[curve("a", vec![(2, 0.1), (3, 0.2)]), curve("b", vec![(2, 0.3)])]).unwrap();
        assert_eq!(svg.matches("<circle").count(), 3);
        assert_eq!(svg.matches("r=\"5\"").count(), 1);
        assert!(svg.contains("a, 3 playlists: 0.2000") && !svg.contains("NaN"), "{svg}");
        assert!(chart("NMI", &[curve("a", vec![])]).is_none());
    }
}
