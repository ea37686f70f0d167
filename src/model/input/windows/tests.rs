use super::*;
use crate::model::spec::{Whole, Window};

fn spec(window: f64, most: usize) -> ModelSpec {
    let cnn14 = ModelSpec::built_in("cnn14").unwrap();
    ModelSpec { window: Window::Seconds(window), max_windows: most, ..cnn14 }
}

/// Pushes a track in blocks, twice if it has to be: its windows, and the number of passes.
fn pick(picker: &mut WindowPicker, track: &[f32], block: usize) -> Result<(Vec<Vec<f32>>, usize), Failure> {
    let mut windows = Vec::new();
    for pass in 1.. {
        let mut sink = |window: &[f32]| windows.push(window.to_vec());
        track.chunks(block).for_each(|block| picker.push(block, &mut sink));
        if picker.finish(&mut sink)? == Finish::Done {
            return Ok((windows, pass));
        }
    }
    unreachable!("a track is pushed until its windows are complete")
}

/// A sound whose samples show their position.
fn ramp(length: usize) -> Vec<f32> {
    (0..length).map(|i| 0.1 + i as f32 * 1e-8).collect()
}

fn kind(track: &[f32]) -> FailureKind {
    pick(&mut WindowPicker::new(&spec(10.0, 8)), track, 1000).unwrap_err().kind
}

#[test]
fn a_track_shorter_than_a_window_has_one_of_its_own_length() {
    let track = ramp(9_920);
    assert_eq!(pick(&mut WindowPicker::new(&spec(10.0, 8)), &track, 777).unwrap(), (vec![track], 1));
}

#[test]
fn the_windows_depend_neither_on_the_blocks_nor_on_the_passes() {
    let track = ramp(32_000 * 25);
    let starts = [0, 320_000, 480_000];
    let expected: Vec<_> = starts.iter().map(|&start| track[start..start + 320_000].to_vec()).collect();
    for block in [1_000, 320_000, track.len()] {
        for most in [0, 3, 8] {
            assert_eq!(
                pick(&mut WindowPicker::new(&spec(10.0, most)), &track, block).unwrap(),
                (expected.clone(), 1)
            );
        }
        let mut forgetful = WindowPicker::new(&spec(10.0, 3));
        forgetful.state = PickerState::Measure;
        assert_eq!(pick(&mut forgetful, &track, block).unwrap(), (expected.clone(), 2));
    }
}

#[test]
fn a_long_track_has_two_passes_and_is_not_kept() {
    let track = ramp(32_000 * (MOST_KEPT_SECONDS as usize + 1));
    let (windows, passes) = pick(&mut WindowPicker::new(&spec(10.0, 8)), &track, 100_000).unwrap();
    assert_eq!((windows.len(), passes), (8, 2));
    assert_eq!(windows[7], track[track.len() - 320_000..]);
}

#[test]
fn silence_at_the_ends_is_no_part_of_the_track() {
    let (before, after) = (vec![0.0002; 640 * 7], vec![0.0; 50_000]);
    let track = [&before[..], &ramp(640 * 100), &after].concat();
    let (windows, _) = pick(&mut WindowPicker::new(&spec(10.0, 8)), &track, 999).unwrap();
    assert_eq!(windows, [ramp(640 * 100)]);
    let whole = ModelSpec { trim: false, ..spec(10.0, 8) };
    assert_eq!(pick(&mut WindowPicker::new(&whole), &track, 999).unwrap().0, [track]);
}

#[test]
fn a_silent_window_is_skipped() {
    let sound = ramp(320_000);
    let track = [&sound[..], &[0.00009; 320_000], &sound].concat();
    let untrimmed = ModelSpec { trim: false, ..spec(10.0, 0) };
    let (windows, _) = pick(&mut WindowPicker::new(&untrimmed), &track, 5_000).unwrap();
    assert_eq!(windows, [sound.clone(), sound]);
}

#[test]
fn windows_lie_over_sound_that_a_long_silence_parts_and_a_pause_is_music() {
    let (one, two) = (ramp(320_000), ramp(400_000));
    let joined = [&one[..], &two].concat();
    let expected = [&joined[..320_000], &joined[320_000..640_000], &joined[400_000..]];
    // Twenty seconds of nothing, and of hiss 54 dB below the music.
    for gap in [0.0, 0.0002] {
        let track = [&one[..], &vec![gap; 640_000], &two].concat();
        for block in [999, 640_000, track.len()] {
            let mut forgetful = WindowPicker::new(&spec(10.0, 3));
            forgetful.state = PickerState::Measure;
            for mut picker in [WindowPicker::new(&spec(10.0, 3)), forgetful] {
                let (windows, _) = pick(&mut picker, &track, block).unwrap();
                assert!(windows == expected, "gap of {gap}, blocks of {block}");
            }
        }
    }
    let two_pauses = [&one[..], &[0.0; 80_000], &one, &[0.0; 80_640], &one].concat();
    let (windows, _) = pick(&mut WindowPicker::new(&spec(40.0, 1)), &two_pauses, 5_000).unwrap();
    assert_eq!(windows[0].len(), 3 * 320_000 + 80_000, "2.5 s are a pause, and a frame more is none");
}

#[test]
fn too_short_and_silent_tracks_are_final_states() {
    assert_eq!(kind(&[]), FailureKind::NoSamples);
    assert_eq!(kind(&[0.0; 100_000]), FailureKind::Silence);
    assert_eq!(kind(&[f32::NAN; 100_000]), FailureKind::Silence);
    assert_eq!(kind(&ramp(9_919)), FailureKind::TooShort);
    // Two seconds that are mostly silent.
    assert_eq!(kind(&[vec![0.0; 32_000], ramp(6_400), vec![0.0; 32_000]].concat()), FailureKind::TooShort);
    let untrimmed = ModelSpec { trim: false, ..spec(10.0, 8) };
    let error = pick(&mut WindowPicker::new(&untrimmed), &[0.00009; 100_000], 1000).unwrap_err();
    assert!(error.is_final && error.kind == FailureKind::Silence);
}

#[test]
fn the_whole_track_is_one_window_up_to_its_cap() {
    let whole = ModelSpec { cap: Some(2.0), ..ModelSpec::built_in("cnn14-whole").unwrap() };
    for (length, seen) in [(32_000, 32_000), (64_000, 64_000), (400_000, 64_000)] {
        let track = [vec![0.0; 1_000], ramp(length)].concat();
        let (windows, passes) = pick(&mut WindowPicker::new(&whole), &track, 3_000).unwrap();
        let seen = (seen + 1_000).min(64_000);
        assert_eq!((windows, passes), (vec![track[..seen].to_vec()], 1));
    }
}

#[test]
fn every_track_is_brought_to_the_models_loudness() {
    let tone = |n: usize| (0.01 * (std::f64::consts::TAU * 997.0 * n as f64 / 32_000.0).sin()) as f32;
    let track: Vec<f32> = (0..32_000 * 20).map(tone).collect();
    let loud = ModelSpec { loudness: Some(-23.0), ..spec(10.0, 8) };
    let whole =
        ModelSpec { window: Window::Named(Whole::Whole), cap: Some(10.0), trim: false, ..loud.clone() };
    let mut long = WindowPicker::new(&loud);
    long.state = PickerState::Measure;
    for mut picker in [WindowPicker::new(&loud), WindowPicker::new(&whole), long] {
        let (windows, _) = pick(&mut picker, &track, 1000).unwrap();
        let peak = windows.concat().into_iter().fold(0.0, f32::max);
        // A sine of full scale is at -3.01 LUFS, so one at -23 has a peak of -19.99 dB: 0.1001.
        assert!((peak - 0.1001).abs() < 0.0015, "{peak}");
    }
}
