//! The colours of playlists.

/// Red, green, blue.
pub(super) type Rgb = [u8; 3];

/// Songs that are in no playlist.
pub(super) const UNLISTED: Rgb = [0x8a; 3];

/// The colours of Okabe and Ito (2008), which the colour-blind can tell apart, on light and on dark.
const FIRST: [Rgb; 6] =
    [[0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233]];

/// Hues that follow each other lie far apart on the wheel.
const GOLDEN_ANGLE: f32 = 137.508;
/// Hues repeat sooner than their lightness.
const LIGHTNESS: [f32; 3] = [0.45, 0.62, 0.53];
const SATURATION: f32 = 0.6;

/// The colour of a playlist, by its place among those of the map.
pub(super) fn colour(place: usize) -> Rgb {
    let Some(further) = place.checked_sub(FIRST.len()) else { return FIRST[place] };
    let hue = (40.0 + further as f32 * GOLDEN_ANGLE) % 360.0;
    let lightness = LIGHTNESS[further % LIGHTNESS.len()];
    // From hue, saturation and lightness, as CSS has them.
    [0.0, 8.0, 4.0].map(|shift| {
        let at = (shift + hue / 30.0) % 12.0;
        let strength = SATURATION * lightness.min(1.0 - lightness);
        let value = lightness - strength * (at - 3.0).min(9.0 - at).clamp(-1.0, 1.0);
        (255.0 * value).round() as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn fifty_playlists_have_fifty_colours_that_are_seen_on_light_and_on_dark() {
        let all: HashSet<_> = (0..50).map(colour).collect();
        assert_eq!(all.len(), 50);
        for [r, g, b] in all {
            let light = 0.21 * f32::from(r) + 0.72 * f32::from(g) + 0.07 * f32::from(b);
            assert!((60.0..210.0).contains(&light), "{r} {g} {b}");
        }
    }
}
