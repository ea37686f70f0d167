//! The same tracks and settings give the same bytes, in whatever order and by however many the work was done.

use std::{fs, path::PathBuf};

use crate::support::{
    environment::{TestEnv, clips, snapshot},
    recordings::Dice,
};

const FORMATS: &str = "m3u8,xspf,pls,json";

/// What a run from an empty store writes; the store is left.
fn written(env: &TestEnv, flags: &str) -> (Vec<u8>, Vec<(PathBuf, Vec<u8>)>) {
    env.json(&format!("run --path music --n 4 --output p.json --playlists lists --format {FORMATS} {flags}"));
    let lists = snapshot(&env.path("lists")).into_iter().map(|(path, (bytes, _))| (path, bytes));
    (fs::read(env.path("p.json")).unwrap(), lists.collect())
}

fn forget(env: &TestEnv) {
    fs::remove_dir_all(env.store()).unwrap();
    fs::remove_dir_all(env.path("lists")).unwrap();
    fs::remove_file(env.path("p.json")).unwrap();
}

#[test]
fn any_number_of_jobs_writes_the_same_bytes() {
    let env = TestEnv::with_clips();
    let expected = written(&env, "--order flow --jobs 1");
    for jobs in ["2", "5"] {
        forget(&env);
        assert_eq!(written(&env, &format!("--order flow --jobs {jobs}")), expected, "{jobs} jobs");
    }
}

#[test]
fn any_order_of_insertion_writes_the_same_bytes() {
    let env = TestEnv::with_clips();
    let expected = written(&env, "--order flow");
    for seed in 0..3 {
        forget(&env);
        let mut names: Vec<_> = clips();
        Dice(seed).shuffle(&mut names);
        fs::rename(env.path("music"), env.path("all")).unwrap();
        fs::create_dir(env.path("music")).unwrap();
        for some in names.chunks(5) {
            for name in some.iter().map(|clip| clip.file_name().unwrap()) {
                fs::rename(env.path("all").join(name), env.path("music").join(name)).unwrap();
            }
            env.json("scan music --jobs 2");
        }
        fs::remove_dir(env.path("all")).unwrap();
        assert_eq!(written(&env, "--order flow"), expected, "seed {seed}");
    }
}

#[test]
fn any_number_of_threads_writes_the_same_bytes_in_every_order() {
    let mut env = TestEnv::with_clips();
    env.json("scan music");
    for order in ["flow", "center", "title", "random"] {
        let mut first = None;
        for threads in ["1", "2", "8"] {
            env.set("RAYON_NUM_THREADS", threads);
            env.json(&format!("cluster --n 4 --fresh --output p.json --playlists lists --order {order}"));
            let bytes = fs::read(env.path("p.json")).unwrap();
            assert_eq!(first.get_or_insert_with(|| bytes.clone()), &bytes, "{threads} threads, {order}");
        }
    }
}
