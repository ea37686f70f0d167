use super::*;

fn judge(frames: usize, declared: Option<u64>, broken: bool) -> Result<bool, FailureKind> {
    let mut completeness = Completeness::new(declared.map(|frames| frames as f64 / 100.0));
    completeness.broken = broken;
    completeness.add(frames, 100);
    completeness.judge().map(|decoded| decoded.partial.is_some()).map_err(|failure| failure.kind)
}

/// Of a track of so many seconds, all of which were decoded but what the closure loses.
fn damaged(
    seconds: usize,
    declared: Option<f64>,
    lose: impl Fn(&mut Completeness),
) -> Result<String, Failure> {
    let mut completeness = Completeness::new(declared);
    completeness.add(100 * seconds, 100);
    lose(&mut completeness);
    completeness.judge().map(|decoded| decoded.partial.unwrap_or_default())
}

#[test]
fn seconds_add_up_over_rates() {
    let mut completeness = Completeness::new(None);
    for (frames, rate) in [(48_000, 48_000), (22_050, 44_100), (22_050, 44_100), (4_000, 8_000)] {
        completeness.add(frames, rate);
    }
    assert_eq!(completeness.judge(), Ok(Decoded { seconds: 2.5, partial: None }));
}

#[test]
fn half_of_the_declared_length_is_enough() {
    assert_eq!(judge(1000, Some(1000), false), Ok(false));
    assert_eq!(judge(995, Some(1000), false), Ok(false));
    assert_eq!(judge(1000, Some(1000), true), Ok(false));
    assert_eq!(judge(980, Some(1000), true), Ok(true));
    assert_eq!(judge(500, Some(1000), true), Ok(true));
    assert_eq!(judge(500, Some(1000), false), Ok(true));
    assert_eq!(judge(499, Some(1000), false), Err(FailureKind::Truncated));
    assert_eq!(judge(0, Some(1000), false), Err(FailureKind::NoSamples));
}

#[test]
fn without_a_declared_length_ten_seconds_are_enough() {
    assert_eq!(judge(1, None, false), Ok(false));
    assert_eq!(judge(1000, None, true), Ok(true));
    assert_eq!(judge(999, None, true), Err(FailureKind::Truncated));
}

#[test]
fn what_is_lost_is_told_with_its_place() {
    let lose = |seconds: f64| move |completeness: &mut Completeness| completeness.lose(seconds);
    assert_eq!(damaged(9, Some(10.0), lose(1.0)).unwrap(), "1.0 s of 10.0 s are damaged, from 9.0 s");
    assert_eq!(damaged(8, Some(10.0), lose(1.0)).unwrap(), "2.0 s of 10.0 s are damaged, from 8.0 s");
    assert_eq!(damaged(9, None, lose(0.03)).unwrap(), "under 0.1 s of 9.0 s are damaged, from 9.0 s");
    assert_eq!(damaged(9, None, lose(0.0)).unwrap(), "");
    assert_eq!(damaged(10, Some(10.0), lose(1e9)).unwrap(), "under 0.1 s of 10.0 s are damaged, from 10.0 s");
    let twice = |completeness: &mut Completeness| {
        completeness.lose(1.0);
        completeness.add(100, 100);
        completeness.lose(1.0);
        completeness.lose_at(2.0, 1.0);
    };
    assert_eq!(damaged(7, None, twice).unwrap(), "3.0 s of 11.0 s are damaged, from 2.0 s");
    assert_eq!(damaged(4, None, lose(5.0)).unwrap_err().kind, FailureKind::Truncated);
    assert_eq!(damaged(7, Some(10.0), |_| ()).unwrap(), "ends after 7.0 s of 10.0 s");
}

#[test]
fn nothing_decoded_has_the_reason_of_the_decoder_not_of_the_end() {
    let mut completeness = Completeness::new(None);
    completeness.undecoded = Some("mpa: invalid packet length".to_owned());
    (completeness.broken, completeness.complaint) = (true, Some("the file breaks off".to_owned()));
    let failure = completeness.judge().unwrap_err();
    assert_eq!(failure.reason, "nothing could be decoded: mpa: invalid packet length");
}

#[test]
fn a_checksum_counts_where_nothing_else_was_found() {
    let other = |completeness: &mut Completeness| completeness.is_other_sound = true;
    assert!(damaged(10, Some(10.0), other).unwrap().contains("does not match its checksum"));
    assert!(damaged(7, Some(10.0), other).unwrap().starts_with("ends after"));
}

#[test]
fn samples_that_are_no_numbers_are_lost_and_most_of_them_are_no_audio() {
    let silence = |no_numbers, too_large| {
        move |completeness: &mut Completeness| completeness.silence(no_numbers, too_large, 100)
    };
    assert_eq!(damaged(10, Some(10.0), silence(30, 20)).unwrap(), "0.5 s of 10.0 s are damaged, from 10.0 s");
    for (no_numbers, too_large, reason) in [(600, 0, "no numbers"), (0, 600, "a million times full scale")] {
        let failure = damaged(10, Some(10.0), silence(no_numbers, too_large)).unwrap_err();
        assert_eq!(failure.kind, FailureKind::NotAudio);
        assert!(failure.reason.contains(reason), "{failure}");
    }
}
