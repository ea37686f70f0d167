//! Files that a real ffmpeg decodes; it encodes them, too.

use std::{fs, process::Command};

use crate::support::{
    environment::{TestEnv, counts},
    recordings::tone,
};

/// Encodes a song of the music folder as another file of it.
fn encode(env: &TestEnv, from: &str, to: &str, options: &[&str]) {
    let mut command = Command::new("ffmpeg");
    command.args(["-nostdin", "-v", "error", "-i"]).arg(env.path("music").join(from)).args(options);
    let output = command.arg(env.path("music").join(to)).output().expect("ffmpeg runs");
    assert!(output.status.success(), "{to}: {output:?}");
}

fn home() -> TestEnv {
    let mut env = TestEnv::new();
    env.set("INDEXER_DECODER_FFMPEG", "ffmpeg");
    fs::write(env.path("music/song.wav"), tone(7, 9.0)).unwrap();
    env
}

#[test]
#[ignore = "needs ffmpeg: the Debian package of this name"]
fn what_no_crate_decodes_is_heard_as_long_as_it_is_and_without_loss_to_the_sample() {
    let env = home();
    let lossless = ["song.wv", "song.tta"];
    lossless.iter().for_each(|name| encode(&env, "song.wav", name, &[]));
    encode(&env, "song.wav", "song.wma", &["-ar", "44100", "-c:a", "wmav2", "-b:a", "128k"]);
    encode(&env, "song.wav", "song.mka", &["-ar", "48000", "-c:a", "ac3", "-b:a", "192k"]);
    encode(&env, "song.wav", "surround.m4a", &["-ar", "48000", "-ac", "6", "-c:a", "aac", "-b:a", "256k"]);
    let scan = env.json("scan music");
    assert_eq!(counts(&scan, ["found", "decoded", "failed", "partial"]), [6, 6, 0, 0], "{scan}");
    let (files, vectors) = (env.view().files().unwrap(), env.view().vectors("mfcc").unwrap());
    let file = |name: &str| &files[&env.path("music").join(name)];
    let vector = |name: &str| &vectors[file(name).content.as_ref().unwrap()];
    lossless.iter().for_each(|name| assert!(vector(name) == vector("song.wav"), "{name}"));
    for name in ["song.wv", "song.tta", "song.wma", "song.mka", "surround.m4a"] {
        let (seconds, decoder) = (file(name).seconds.unwrap(), file(name).decoder.as_ref().unwrap());
        // A frame of WMA has 2048 samples, and one of them is its delay.
        assert!(
            (seconds - 9.0).abs() < 0.1 && decoder.starts_with("ffmpeg "),
            "{name}: {seconds} s by {decoder}"
        );
    }
}

#[test]
#[ignore = "needs ffmpeg: the Debian package of this name"]
fn an_album_that_ffmpeg_decodes_is_its_songs() {
    let env = home();
    encode(&env, "song.wav", "album.wv", &[]);
    encode(&env, "song.wav", "second.wav", &["-ss", "3", "-t", "4"]);
    let indices = ["00:00:00", "00:03:00", "00:07:00"];
    let tracks = indices.map(|index| format!("TRACK 01 AUDIO\nINDEX 01 {index}\n")).concat();
    fs::write(env.path("music/album.cue"), format!("FILE \"album.wv\" WAVE\n{tracks}")).unwrap();
    assert_eq!(counts(&env.json("scan music"), ["found", "decoded", "failed"]), [5, 5, 0]);
    let (files, vectors) = (env.view().files().unwrap(), env.view().vectors("mfcc").unwrap());
    let vector = |name: &str| &vectors[files[&env.path("music").join(name)].content.as_ref().unwrap()];
    assert_eq!(vector("album.wv/track0002"), vector("second.wav"));
}
