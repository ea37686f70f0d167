use super::*;

fn spec(window: f64, most: usize) -> ModelSpec {
    let cnn14 = ModelSpec::built_in("cnn14").unwrap();
    ModelSpec { window: Window::Seconds(window), max_windows: most, ..cnn14 }
}

/// Hears a track in blocks, twice if that is asked for: its windows, and how often it was heard.
fn hear(picker: &mut Picker, track: &[f32], block: usize) -> Result<(Vec<Vec<f32>>, usize), Failure> {
    let mut windows = Vec::new();
    for hearing in 1.. {
        let mut sink = |window: &[f32]| windows.push(window.to_vec());
        track.chunks(block).for_each(|block| picker.push(block, &mut sink));
        if picker.finish(&mut sink)? == Finish::Done {
            return Ok((windows, hearing));
        }
    }
    unreachable!("a track is heard until its windows are there")
}

/// A sound whose samples tell their place.
fn ramp(length: usize) -> Vec<f32> {
    (0..length).map(|i| 0.1 + i as f32 * 1e-8).collect()
}

fn kind(track: &[f32]) -> FailureKind {
    hear(&mut Picker::new(&spec(10.0, 8)), track, 1000).unwrap_err().kind
}

#[test]
fn a_track_shorter_than_a_window_has_one_of_its_own_length() {
    let track = ramp(9_920);
    assert_eq!(hear(&mut Picker::new(&spec(10.0, 8)), &track, 777).unwrap(), (vec![track], 1));
}

#[test]
fn the_windows_do_not_depend_on_the_blocks_nor_on_how_often_it_is_heard() {
    let track = ramp(32_000 * 25);
    let starts = [0, 320_000, 480_000];
    let expected: Vec<_> = starts.iter().map(|&start| track[start..start + 320_000].to_vec()).collect();
    for block in [1_000, 320_000, track.len()] {
        for most in [0, 3, 8] {
            assert_eq!(
                hear(&mut Picker::new(&spec(10.0, most)), &track, block).unwrap(),
                (expected.clone(), 1)
            );
        }
        let mut forgetful = Picker::new(&spec(10.0, 3));
        forgetful.pass = Pass::Measure;
        assert_eq!(hear(&mut forgetful, &track, block).unwrap(), (expected.clone(), 2));
    }
}

#[test]
fn a_long_track_is_heard_twice_and_not_kept() {
    let track = ramp(32_000 * (KEPT as usize + 1));
    let (windows, hearings) = hear(&mut Picker::new(&spec(10.0, 8)), &track, 100_000).unwrap();
    assert_eq!((windows.len(), hearings), (8, 2));
    assert_eq!(windows[7], track[track.len() - 320_000..]);
}

#[test]
fn silence_at_the_ends_is_no_part_of_the_track() {
    let (before, after) = (vec![0.0005; 640 * 7], vec![0.0; 50_000]);
    let track = [&before[..], &ramp(640 * 100), &after].concat();
    let (windows, _) = hear(&mut Picker::new(&spec(10.0, 8)), &track, 999).unwrap();
    assert_eq!(windows, [ramp(640 * 100)]);
    let whole = ModelSpec { trim: false, ..spec(10.0, 8) };
    assert_eq!(hear(&mut Picker::new(&whole), &track, 999).unwrap().0, [track]);
}

#[test]
fn a_silent_window_is_skipped() {
    let sound = ramp(320_000);
    let track = [&sound[..], &[0.00009; 320_000], &sound].concat();
    let (windows, _) = hear(&mut Picker::new(&spec(10.0, 0)), &track, 5_000).unwrap();
    assert_eq!(windows, [sound.clone(), sound]);
}

#[test]
fn too_short_and_silent_tracks_are_final_states() {
    assert_eq!(kind(&[]), FailureKind::NoSamples);
    assert_eq!(kind(&[0.0; 100_000]), FailureKind::Silence);
    assert_eq!(kind(&[f32::NAN; 100_000]), FailureKind::Silence);
    assert_eq!(kind(&ramp(9_919)), FailureKind::TooShort);
    // Two seconds, of which little can be heard.
    assert_eq!(kind(&[vec![0.0; 32_000], ramp(6_400), vec![0.0; 32_000]].concat()), FailureKind::TooShort);
    let untrimmed = ModelSpec { trim: false, ..spec(10.0, 8) };
    let error = hear(&mut Picker::new(&untrimmed), &[0.00009; 100_000], 1000).unwrap_err();
    assert!(error.is_final && error.kind == FailureKind::Silence);
}

#[test]
fn the_whole_track_is_one_window_up_to_its_cap() {
    let whole = ModelSpec { cap: Some(2.0), ..ModelSpec::built_in("cnn14-whole").unwrap() };
    for (length, seen) in [(32_000, 32_000), (64_000, 64_000), (400_000, 64_000)] {
        let track = [vec![0.0; 1_000], ramp(length)].concat();
        let (windows, hearings) = hear(&mut Picker::new(&whole), &track, 3_000).unwrap();
        let seen = (seen + 1_000).min(64_000);
        assert_eq!((windows, hearings), (vec![track[..seen].to_vec()], 1));
    }
}

#[test]
fn a_model_that_wants_a_loudness_hears_every_track_at_it() {
    let tone = |n: usize| (0.01 * (std::f64::consts::TAU * 997.0 * n as f64 / 32_000.0).sin()) as f32;
    let track: Vec<f32> = (0..32_000 * 20).map(tone).collect();
    let loud = ModelSpec { loudness: Some(-23.0), ..spec(10.0, 8) };
    let whole =
        ModelSpec { window: Window::Named(Whole::Whole), cap: Some(10.0), trim: false, ..loud.clone() };
    let mut long = Picker::new(&loud);
    long.pass = Pass::Measure;
    for mut picker in [Picker::new(&loud), Picker::new(&whole), long] {
        let (windows, _) = hear(&mut picker, &track, 1000).unwrap();
        let peak = windows.concat().into_iter().fold(0.0, f32::max);
        // A sine of full scale is at -3.01 LUFS, so one at -23 has a peak of -19.99 dB: 0.1001.
        assert!((peak - 0.1001).abs() < 0.0015, "{peak}");
    }
}
