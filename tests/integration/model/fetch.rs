//! `model fetch` from a server on loopback: the whole way from an address to an installed model.

use std::{fs, thread};

use rustix::process::{Pid, Signal, kill_process};

use crate::support::{
    environment::{Output, TestEnv, checkpoint, counts},
    miniature_model::{INSTALLED, describe_mini, files, listed},
    namespace::in_namespace,
    web_server::{Mirror, answer, header, respond, send},
};

const ETAG: &str = "\"mini\"";

#[test]
fn a_model_is_fetched_verified_installed_and_not_fetched_again() {
    let env = TestEnv::new();
    let mirror = Mirror::of(fs::read(checkpoint("zip")).unwrap(), ETAG);
    describe_mini(&env, &mirror.url("mini.pth"));
    assert_eq!(listed(&env, "mini")["state"], "absent");
    let first = env.run("model fetch mini");
    let file = env.store().join("models/mini.onnx");
    let done = format!("mini is installed, verified: {}; `indexer scan` fills its space\n", file.display());
    assert_eq!((first.status, first.stdout), (0, done));
    let said: Vec<_> = first.stderr.lines().collect();
    let begin = "fetching mini: 331.13 kB from 127.0.0.1; licence: CC BY 4.0, Kong et al.";
    assert!(said[0].starts_with(begin) && said[1].starts_with("verified") && said.len() == 2, "{said:?}");
    let row = listed(&env, "mini");
    assert_eq!((&row["state"], &row["file"]), (&"verified".into(), &file.to_str().unwrap().into()));
    assert_eq!(counts(&row, ["dimension", "max_windows", "size"]), [32, 8, 331_130]);
    assert_eq!(files(&env), INSTALLED, "what was fetched is gone");
    assert_eq!(env.run("model verify").stdout, "mini: ok\n");

    let second = env.run("model fetch mini");
    assert!(second.stdout.starts_with("mini is installed and verified already: "), "{second:?}");
    assert_eq!((second.status, second.stderr.as_str(), mirror.heard().len()), (0, "", 1));
    // What is not as it was is fetched again.
    fs::write(&file, "x").unwrap();
    let third = env.run("model fetch mini --silent");
    assert_eq!((third.status, third.stdout + &third.stderr, mirror.heard().len()), (0, String::new(), 2));
    assert_eq!(env.json("model verify")["models"][0]["ok"], true);
}

#[test]
fn ctrl_c_keeps_what_is_here_and_the_next_call_goes_on_from_there() {
    let env = TestEnv::new();
    let whole = fs::read(checkpoint("zip")).unwrap();
    let mirror = Mirror::new(move |number, request, stream| {
        let answer = answer(&whole, ETAG, request);
        if number == 0 {
            send(stream, &answer[..answer.len() - 131_130]);
            thread::park();
        }
        send(stream, &answer);
    });
    describe_mini(&env, &mirror.url("mini.pth"));
    let mut child = env.start("model fetch mini --json");
    let part = env.store().join("models/mini.part");
    while part.metadata().map_or(0, |part| part.len()) < 200_000 {
        assert!(child.try_wait().unwrap().is_none(), "it ended too early");
        thread::yield_now();
    }
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    let output = Output::from(child.wait_with_output().unwrap());
    assert_eq!((output.status, output.stdout.lines().count()), (130, 1), "{output:?}");
    assert_eq!(counts(&output.json(), ["bytes", "size"]), [200_000, 331_130]);
    assert!(
        output.stderr.contains("(200000 of 331130 bytes are here): fetch again, it goes on"),
        "{output:?}"
    );
    let list = env.run("model list").stdout;
    let row = "`indexer model fetch mini` gets it (200.00 kB of 331.13 kB are here)";
    assert!(list.contains(row), "{list}");

    let model = env.json("model fetch mini")["model"].clone();
    assert_eq!(model["state"], "verified");
    assert_eq!(header(&mirror.heard()[1], "range"), Some("bytes=200000-"));
    assert_eq!(files(&env), INSTALLED);
}

#[test]
fn what_cannot_be_fetched_is_told_in_one_line() {
    let env = TestEnv::new();
    for (answer, word) in [
        (respond("404 Not Found", "", b"no"), "status 404"),
        (respond("200 OK", "", b"another file"), "has 12 bytes, and mini has 331130"),
        (respond("200 OK", "", &vec![7; 331_130]), "its CDN has served other bytes under this name"),
    ] {
        let mirror = Mirror::new(move |_, _, stream| send(stream, &answer));
        describe_mini(&env, &mirror.url("mini.pth"));
        let output = env.run("model fetch mini --silent --json");
        assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{output:?}");
        assert_eq!(output.json()["error"]["kind"], "model");
        assert!(output.stderr.contains(word), "{output:?}");
        assert_eq!(listed(&env, "mini")["state"], "absent");
    }
}

#[test]
fn a_full_disk_is_told_in_one_line() {
    let env = TestEnv::new();
    let mirror = Mirror::of(fs::read(checkpoint("zip")).unwrap(), ETAG);
    describe_mini(&env, &mirror.url("mini.pth"));
    // The description lies on the small disk too.
    let script = r#"cp data/indexer/models/mini.toml . && mount -t tmpfs -o size=200k small data/indexer/models &&
        cp mini.toml data/indexer/models && exec "$1" model fetch mini --silent"#;
    let Some(command) = in_namespace(&env, script) else { return };
    let output = Output::of(command);
    assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{output:?}");
    assert!(output.stderr.contains("mini.part") && output.stderr.contains("has room"), "{output:?}");
}
