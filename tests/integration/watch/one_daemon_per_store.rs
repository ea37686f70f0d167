//! A store has one daemon (T18).

use rustix::process::Signal;

use indexer::testing::figure;

use crate::support::{
    daemon::Daemon,
    environment::{Output, TestEnv},
    recordings::tones,
};

const SAID: &str = "a daemon is running for this store already (process ";

#[test]
fn a_second_daemon_says_so_in_one_line_and_leaves_the_first_alone() {
    let env = TestEnv::new();
    let daemon = Daemon::start(&env, "watch music --method none");
    let second = env.run("watch music");
    assert_eq!((second.status, second.stderr.lines().count()), (1, 1), "{second:?}");
    let said = format!("{SAID}{})", daemon.pid().as_raw_nonzero());
    assert!(second.stderr.contains(&said), "{second:?}");
    tones(&env.path("music"), "tone", 0..2);
    daemon.until_found(2);
    assert_eq!(daemon.end(Signal::TERM).status, 0);
}

#[test]
fn of_daemons_that_start_together_one_stays() {
    let env = TestEnv::new();
    tones(&env.path("music"), "tone", 0..2);
    let mut daemons: Vec<_> = (0..4).map(|_| env.start("watch music --method none")).collect();
    while daemons.len() > 1 {
        let ended = daemons.iter_mut().position(|daemon| daemon.try_wait().unwrap().is_some());
        let Some(ended) = ended else {
            std::thread::sleep(std::time::Duration::from_millis(50));
            continue;
        };
        let output = Output::from(daemons.remove(ended).wait_with_output().unwrap());
        assert_eq!((output.status, output.stderr.lines().count()), (1, 1), "{output:?}");
        assert!(output.stderr.contains(SAID), "{output:?}");
    }
    let last = Daemon::from(&env, daemons.remove(0));
    let status = last.until_found(2);
    assert_eq!(status["daemon"]["pid"], last.pid().as_raw_nonzero().get());
    assert_eq!(last.end(Signal::TERM).status, 0);
    figure("T18", 1, "race of daemons", "one stays, the others say so");
}
