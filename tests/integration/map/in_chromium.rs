//! The page in Chromium: it loads, legend and search work, a dot under the mouse says what it is, and a click plays it.
//!
//! Each test is ignored by name, because it needs the browser; `.ci/run` installs it and runs these tests.

use std::fs;

use super::browser::Browser;
use crate::support::{environment::TestEnv, recordings::tone, tagged_songs::titled};

const EVIL: &str = "<script>alert(1)</script>";

/// The clips, a song with a title that is none, and three playlists.
fn home() -> TestEnv {
    let env = TestEnv::with_clips();
    fs::write(env.path("music/a #1 %41.wav"), titled(&tone(7, 2.0), "<b>Ann</b>", EVIL)).unwrap();
    env.json("scan music");
    env.json("cluster --n 3");
    env.json("map -o map.html");
    env
}

/// Chooses a song by its title, after which it is in the middle of the map; and where that is.
fn choose(browser: &mut Browser, title: &str) -> (f64, f64) {
    browser.value(&format!(
        "(() => {{ const input = document.querySelector('#search input'); input.value = {title:?}; \
         input.dispatchEvent(new Event('input')); document.querySelector('#found button').click(); }})()"
    ));
    browser.until("!document.querySelector('#song').hidden");
    let size = |browser: &mut Browser, name: &str| browser.value(name).as_f64().unwrap() / 2.0;
    (size(browser, "innerWidth"), size(browser, "innerHeight"))
}

fn works(flags: &[&str]) {
    let env = home();
    let mut browser = Browser::start(&env, flags);
    browser.open(&env.path("map.html"));
    let lists = "document.querySelectorAll('#lists li').length";
    assert_eq!(browser.value(lists), 3);
    let names = "[...document.querySelectorAll('#names span')].filter(span => !span.hidden).length";
    assert!(browser.value(names).as_u64().unwrap() >= 1, "names stand on the map");

    // Search finds the song by its whole title, which is only text.
    let (x, y) = choose(&mut browser, EVIL);
    assert_eq!(browser.value("document.querySelector('#title').textContent"), EVIL);
    assert_eq!(browser.value("document.querySelector('#artist').textContent"), "<b>Ann</b>");
    assert_eq!(
        browser.value("document.querySelectorAll('script').length"),
        1,
        "the data is gone, ours is left"
    );
    assert_eq!(browser.value("document.querySelectorAll('#nearest li').length"), 10);
    let path = env.path("music/a #1 %41.wav").display().to_string();
    assert_eq!(browser.value("document.querySelector('#path').textContent"), path);

    // It plays from beside the page, whatever its name holds.
    browser.until(
        "document.querySelector('#audio').readyState >= 1 && document.querySelector('#refused').hidden",
    );
    let seconds = browser.value("document.querySelector('#audio').duration").as_f64().unwrap();
    assert!((seconds - 2.0).abs() < 0.1, "{seconds}");

    // What is under the mouse says who it is, and a click opens it.
    browser.value("document.querySelector('#close').click()");
    browser.mouse(x, y, false);
    browser.until("!document.querySelector('#hover').hidden");
    let hover = browser.value("document.querySelector('#hover').textContent");
    assert!(hover.as_str().unwrap().starts_with(&format!("{EVIL}<b>Ann</b>")), "{hover}");
    browser.mouse(x, y, true);
    browser.until("!document.querySelector('#song').hidden");
    let nearest = "document.querySelector('#nearest button').firstChild.textContent";
    let first = browser.value(nearest);
    browser.value("document.querySelector('#nearest button').click()");
    assert_eq!(browser.value("document.querySelector('#title').textContent"), first);

    // Without any list there is nothing under the mouse.
    browser.value("document.querySelector('#none').click()");
    browser.until("[...document.querySelectorAll('#names span')].every(span => span.hidden)");
    browser.mouse(x, y, false);
    browser.until("document.querySelector('#hover').hidden");
    browser.value("document.querySelector('#lists input').click()");
    browser.until("[...document.querySelectorAll('#names span')].some(span => !span.hidden)");
    assert_eq!(browser.complaints, Vec::<String>::new());
}

#[test]
#[ignore = "needs Chromium: the Debian package chromium"]
fn the_page_works_with_webgl() {
    works(&["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]);
}

#[test]
#[ignore = "needs Chromium: the Debian package chromium"]
fn the_page_works_without_webgl() {
    works(&["--disable-3d-apis"]);
}

#[test]
#[ignore = "needs Chromium: the Debian package chromium"]
fn a_song_that_is_gone_says_that_it_cannot_be_played() {
    let env = home();
    fs::remove_file(env.path("music/a #1 %41.wav")).unwrap();
    let mut browser = Browser::start(&env, &["--disable-3d-apis"]);
    browser.open(&env.path("map.html"));
    choose(&mut browser, EVIL);
    browser.until("!document.querySelector('#refused').hidden");
}
