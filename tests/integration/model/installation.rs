//! Models come in, are listed, verified and removed; what is no model, or another one, never comes in.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use serde_json::Value;

use indexer::testing::figure;

use crate::support::{
    environment::{TestEnv, checkpoint, counts, snapshot},
    miniature_model::{INSTALLED, describe, describe_mini, files, listed},
    namespace::run_read_only,
    refusal::refuses,
    web_server::Mirror,
};

const FAILED: i32 = 1;
const USAGE: i32 = 2;
const FETCH_MUSICNN: &str = "`pip download --no-deps musicnn==0.1.0` gets it, then `indexer model import \
                             musicnn-0.1.0-py3-none-any.whl` installs it";
const LEGACY: &str = "model import legacy.pth --as mini --unverified";

/// With both miniatures of CNN14 in it.
fn home() -> TestEnv {
    let env = TestEnv::new();
    for format in ["legacy", "zip"] {
        fs::copy(checkpoint(format), env.path(format!("{format}.pth"))).unwrap();
    }
    env
}

#[test]
fn both_formats_of_a_checkpoint_become_the_same_model() {
    let bytes = ["legacy", "zip"].map(|format| {
        let env = home();
        let left = env.store().join("models/.import-left");
        fs::create_dir_all(&left).unwrap();
        let output = env.run(&format!("model import {format}.pth --as mini --unverified"));
        assert!(
            output.status == 0 && output.stdout.starts_with("mini is installed, not verified: "),
            "{output:?}"
        );
        assert_eq!((files(&env).join(" "), output.stderr.as_str()), (INSTALLED.join(" "), ""));
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let models = env.store().join("models");
        INSTALLED.iter().for_each(|file| assert_eq!(mode(&models.join(file)), 0o600, "{file}"));
        let row = listed(&env, "mini");
        assert_eq!((&row["state"], counts(&row, ["dimension"])), (&"unverified".into(), [32]));
        ["mini.onnx", "mini.onnx.data"].map(|file| fs::read(models.join(file)).unwrap())
    });
    assert!(bytes[0] == bytes[1]);
}

#[test]
fn the_first_model_makes_a_store_that_is_its_owners_alone() {
    let mut env = home();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(env.run(LEGACY).status, 0);
    assert_eq!((mode(&env.store()), mode(&env.store().join("models"))), (0o700, 0o700));
    env.set("INDEXER_MODELS_FOLDER", "elsewhere");
    assert_eq!(listed(&env, "cnn14")["state"], "absent");
    assert_eq!(env.run(LEGACY).status, 0);
    assert!(env.path("elsewhere/mini.onnx").exists());
}

#[test]
fn what_is_no_model_or_another_one_is_refused_and_leaves_nothing() {
    let env = home();
    let legacy = fs::read(checkpoint("legacy")).unwrap();
    let replaced = |from: &str, to: &str| {
        let at = legacy.windows(from.len()).position(|bytes| bytes == from.as_bytes()).unwrap();
        [&legacy[..at], to.as_bytes(), &legacy[at + from.len()..]].concat()
    };
    let marker = env.path("marker");
    let command = format!("touch {}", marker.display());
    let attack =
        [b"\x80\x02cos\nsystem\nX", &(command.len() as u32).to_le_bytes()[..], command.as_bytes(), b"\x85R."];
    for (file, bytes) in [
        ("cut.pth", legacy[..legacy.len() / 2].to_vec()),
        ("keys.pth", replaced("conv_block3.bn1.weight", "conv_block3.bn9.weight")),
        ("attack.pth", attack.concat()),
        ("song.onnx", b"RIFF....WAVEfmt ".to_vec()),
    ] {
        fs::write(env.path(file), bytes).unwrap();
    }
    for (line, status, kind, word) in [
        ("model import cut.pth --unverified", FAILED, "model", "get the file again"),
        ("model import keys.pth --unverified", FAILED, "model", "lacks `conv_block3.bn1.weight`"),
        ("model import attack.pth --unverified", FAILED, "model", "would call `os.system`"),
        (
            "model import song.onnx --unverified",
            FAILED,
            "model",
            "neither a PyTorch checkpoint, a wheel nor ONNX",
        ),
        ("model import none.pth --unverified", FAILED, "model", "none.pth"),
        ("model import legacy.pth", FAILED, "model", "download it again, or add --unverified"),
        (
            "model import legacy.pth --as cnn14-mini",
            FAILED,
            "model",
            "download it again, or add --unverified",
        ),
        ("model import legacy.pth --as clap", FAILED, "model", "add --unverified if you trust"),
        ("model import legacy.pth --as clap --unverified", FAILED, "model", "imported from ONNX"),
        ("model import legacy.pth --as cnn14-whole --unverified", FAILED, "model", "--as cnn14"),
        ("model import legacy.pth --as ../mini --unverified", USAGE, "usage", "cannot be called `../mini`"),
        ("model fetch musicnn", FAILED, "model", FETCH_MUSICNN),
        ("model verify musicnn", FAILED, "model", FETCH_MUSICNN),
        ("model fetch clap", FAILED, "model", "`indexer model import FILE --as clap`"),
        ("model fetch vggish", USAGE, "usage", "`indexer model list`"),
        ("model verify cnn14", FAILED, "model", "`indexer model fetch cnn14` gets it (327 MB; CC BY 4.0"),
        ("model verify vggish", USAGE, "usage", "`indexer model list`"),
        ("model remove cnn14", FAILED, "model", "cnn14 is not installed"),
        ("model remove cnn14-whole", FAILED, "model", "`indexer model remove cnn14`"),
    ] {
        refuses(&env, line, status, kind, word);
        assert_eq!(files(&env), [""; 0], "{line}");
    }
    assert!(!marker.exists());
    assert!(env.run("model verify").stdout.contains("no model is installed"));
    figure("T17", 1, "checkpoint that would run a command", "refused, nothing run");
}

#[test]
fn a_changed_model_is_told_from_a_whole_one() {
    let env = home();
    for line in [LEGACY, "model import zip.pth --unverified"] {
        assert_eq!(env.run(line).status, 0, "{line}");
    }
    assert_eq!(env.run("model verify").stdout, "cnn14: ok\ncnn14-whole: ok\nmini: ok\n");
    let data = env.store().join("models/mini.onnx.data");
    let mut bytes = fs::read(&data).unwrap();
    bytes[100_000] ^= 1;
    fs::write(&data, bytes).unwrap();
    fs::write(env.store().join("models/broken.toml"), "name = ").unwrap();
    let output = env.run("model verify");
    assert_eq!((output.status, output.stdout.as_str()), (FAILED, "cnn14: ok\ncnn14-whole: ok\n"));
    let said: Vec<_> = output.stderr.lines().collect();
    assert!(said[0].starts_with("indexer: broken: broken.toml is not valid"), "{said:?}");
    assert!(said[1].contains("was changed after it was installed: fetch or import mini again"), "{said:?}");
    assert_eq!(said.len(), 2);
    assert_eq!(env.run("model verify cnn14-whole").status, 0);
    let json = env.run("model verify mini --json");
    assert_eq!((json.status, &json.json()["models"][0]["ok"]), (FAILED, &false.into()));
    assert_eq!(listed(&env, "broken")["state"], "unusable");
    assert!(env.run("model list").stdout.contains("cannot be used"));
    assert_eq!(env.run(LEGACY).status, 0);
    assert_eq!(env.run("model verify mini").status, 0, "imported again, it is whole");
}

#[test]
fn a_removed_model_leaves_no_file_and_takes_those_along_that_ran_on_its_weights() {
    let env = home();
    for line in [LEGACY, "model import legacy.pth --unverified"] {
        assert_eq!(env.run(line).status, 0, "{line}");
    }
    let with = "removed cnn14, and with it cnn14-whole, which ran on its weights\n";
    assert_eq!(env.run("model remove cnn14").stdout, with);
    assert_eq!(
        (files(&env).join(" "), listed(&env, "cnn14-whole")["state"].clone()),
        (INSTALLED.join(" "), "absent".into())
    );
    assert_eq!(env.run("model remove mini").stdout, "removed mini\n");
    assert_eq!(files(&env), [""; 0]);
    // What was fetched and never installed is removed in the same way.
    fs::write(env.store().join("models/cnn14.part"), "half").unwrap();
    assert_eq!(env.run("model remove cnn14").stdout, "removed cnn14\n");
    assert_eq!(files(&env), [""; 0]);
}

#[test]
fn a_models_folder_that_may_not_be_written_is_told_in_one_line() {
    let env = home();
    let mirror = Mirror::of(fs::read(checkpoint("zip")).unwrap(), "\"mini\"");
    describe_mini(&env, &mirror.url("mini.pth"));
    assert_eq!(env.run("model import legacy.pth --unverified").status, 0);
    let (models, before) = (env.store().join("models"), snapshot(&env.store()));
    for line in [LEGACY, "model fetch mini --silent", "model remove cnn14"] {
        let Some(output) = run_read_only(&env, &[&models], line) else { return };
        assert_eq!((output.status, output.stdout.as_str()), (FAILED, ""), "{line}: {output:?}");
        assert_eq!(output.stderr.lines().count(), 1, "{line}: {output:?}");
        assert!(
            output.stderr.contains("writable") && !output.stderr.contains(".import-"),
            "{line}: {output:?}"
        );
    }
    assert!(before == snapshot(&env.store()));
    for line in ["model list", "model verify"] {
        assert_eq!(run_read_only(&env, &[&models], line).unwrap().status, 0, "{line}");
    }
}

#[test]
fn a_description_is_begun_shown_and_never_overwritten() {
    let env = home();
    let path = env.store().join("models/mine.toml");
    let begun = env.run("model new mine");
    let next = "edit it, then `indexer model import FILE --as mine --unverified`";
    assert_eq!((begun.status, begun.stdout), (0, format!("{}: {next}\n", path.display())));
    let text = fs::read_to_string(&path).unwrap();
    refuses(&env, "model new mine", FAILED, "model", "mine.toml is there already: edit it");
    refuses(&env, "model new mfcc", USAGE, "usage", "cannot be called `mfcc`");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let shown = env.run("model show mine").stdout;
    assert_eq!(shown, format!("# {}; not installed\n{text}", path.display()));
    let shown = env.json("model show cnn14");
    assert_eq!((&shown["path"], &shown["model"]["name"]), (&Value::Null, &"cnn14".into()));
    assert_eq!(shown["text"], include_str!("../../../models/cnn14.toml"));
    let unknown =
        format!("{}, in which you set name, rate", env.store().join("models/vggish.toml").display());
    refuses(&env, "model show vggish", USAGE, "usage", &unknown);
}

#[test]
fn the_names_of_classes_are_checked_listed_and_kept() {
    let env = home();
    let names = env.store().join("models/own.txt");
    assert_eq!(env.run("model new cnn14").status, 0);
    describe(&env, "cnn14", "audioset_classes.txt", "own.txt");
    let import = "model import legacy.pth --unverified";
    let end = "it needs a line for each of the 527 classes of cnn14";
    refuses(&env, import, FAILED, "model", &format!("own.txt is missing: {end}"));
    fs::write(&names, "jazz\tgenre\n".repeat(526)).unwrap();
    refuses(&env, import, FAILED, "model", &format!("own.txt has 526 names: {end}"));
    assert_eq!(files(&env), ["cnn14.toml", "own.txt"], "nothing is installed");
    fs::write(&names, format!("{}rain\tsound\tRain\n", "jazz\tgenre\n".repeat(526))).unwrap();
    assert_eq!(env.run(import).status, 0);
    let classes = listed(&env, "cnn14")["classes"].clone();
    assert_eq!(classes, serde_json::json!({"count": 527, "kinds": {"genre": 526, "sound": 1}}));
    assert!(env.run("model list").stdout.contains("527 classes: genre 526, sound 1\n"));
    assert_eq!(env.run("model verify cnn14").status, 0);
    fs::write(&names, "jazz\n").unwrap();
    let verified = env.run("model verify cnn14");
    assert!(verified.status == FAILED && verified.stderr.contains("own.txt has 1 names"), "{verified:?}");
    let row = listed(&env, "cnn14");
    assert!(
        row["state"] == "unverified" && row["reason"].as_str().unwrap().contains("own.txt has 1 names"),
        "{row}"
    );
    let path = env.store().join("models/cnn14.toml");
    let removed = env.run("model remove cnn14").stdout;
    assert!(removed.ends_with(&format!("; {} stays\n", path.display())), "{removed}");
    assert_eq!(files(&env), ["cnn14.toml", "own.txt"]);
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains("# evenly spread over the trimmed track") && !text.contains("blake3"), "{text}");
}
