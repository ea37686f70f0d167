//! A three-hour file takes no more memory than one of three minutes.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::Write,
    thread::sleep,
    time::Duration,
};

use indexer::testing::figure;

use crate::support::{
    environment::{Output, TestEnv, clip, counts},
    process::children,
};

/// Frames of MPEG audio without the header that tells a length: a stream that can be repeated.
fn frames() -> Vec<u8> {
    let bytes = clip("electronic_01.mp3");
    let frame = |at: usize| bytes[at] == 0xff && bytes[at + 1] & 0xe0 == 0xe0;
    let info = bytes.windows(4).position(|word| word == b"Info" || word == b"Xing").unwrap();
    // The frame behind the one that holds the header of LAME.
    let first =
        (info + 100..).find(|&at| frame(at) && bytes[at..at + 2] == bytes[info - 21..info - 19]).unwrap();
    bytes[first..].to_vec()
}

/// The most memory (KiB) that a process has held so far; none if it is gone.
fn peak(process: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}

/// Scans `music` and gives the sum of the peaks (KiB) of the program and its workers, and the track's length.
fn measure(env: &TestEnv) -> (u64, f64) {
    let mut scan = env.start("scan music --json");
    let mut peaks: BTreeMap<u32, u64> = BTreeMap::new();
    while scan.try_wait().unwrap().is_none() {
        for process in children(scan.id()).into_iter().chain([scan.id()]) {
            let known = peaks.entry(process).or_default();
            *known = peak(process).unwrap_or_default().max(*known);
        }
        sleep(Duration::from_millis(2));
    }
    let output = Output::from(scan.wait_with_output().unwrap());
    assert_eq!(output.status, 0, "{output:?}");
    assert_eq!(counts(&output.json(), ["decoded", "failed"]), [1, 0]);
    assert_eq!(peaks.len(), 2, "the program and one worker: {peaks:?}");
    let song = env.view().files().unwrap().into_values().next().unwrap();
    (peaks.values().sum(), song.seconds.unwrap())
}

#[test]
fn three_hours_take_the_memory_of_three_minutes() {
    let frames = frames();
    let [(short, minutes), (long, hours)] = [23, 1360].map(|times| {
        let env = TestEnv::new();
        let mut file = File::create(env.path("music/song.mp3")).unwrap();
        (0..times).for_each(|_| file.write_all(&frames).unwrap());
        drop(file);
        measure(&env)
    });
    assert!((180.0..200.0).contains(&minutes), "{minutes} s");
    assert!(hours > 3.0 * 3600.0, "{hours} s");
    assert!(long < short + 20 * 1024, "{short} KiB for {minutes:.0} s, {long} KiB for {hours:.0} s");
    assert!(long < 200 * 1024, "{long} KiB");
    figure("T8", 1, "file of three hours", "the memory of one of three minutes");
}
