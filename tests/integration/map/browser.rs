//! A Chromium without a window, told what to do through two pipes (the DevTools protocol).

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use serde_json::{Value, json};

use crate::support::environment::TestEnv;

/// A page is there in a second or two; a loaded machine gets far more.
const BOUND: Duration = Duration::from_secs(90);

/// A browser with one page.
pub(super) struct Browser {
    child: Child,
    to: File,
    from: Receiver<Value>,
    session: Option<String>,
    calls: u64,
    /// What the page has complained of: exceptions, and errors on the console.
    pub complaints: Vec<String>,
}

impl Browser {
    /// Starts it with these flags beside the usual ones.
    pub(super) fn start(env: &TestEnv, flags: &[&str]) -> Self {
        let (to, from) = (env.path("to-browser"), env.path("from-browser"));
        let made = Command::new("mkfifo").args([&to, &from]).status().unwrap();
        assert!(made.success());
        let mut command = env.command("sh");
        command.args([
            "-c",
            "exec chromium \"$@\" 3<to-browser 4>from-browser",
            "sh",
            "--remote-debugging-pipe",
        ]);
        command.args(["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1200,800"]);
        command.arg(format!("--user-data-dir={}", env.path("browser").display())).args(flags);
        command.stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
        let child = command.spawn().unwrap();
        // Each waits until the browser has opened the other end, in this order.
        let to = File::options().write(true).open(&to).unwrap();
        let mut from_browser = BufReader::new(File::open(&from).unwrap());
        let (send, from) = channel();
        thread::spawn(move || {
            let mut bytes = Vec::new();
            while from_browser.read_until(0, &mut bytes).is_ok_and(|length| length > 0) {
                let message = serde_json::from_slice(bytes.strip_suffix(&[0]).unwrap_or(&bytes)).unwrap();
                if send.send(message).is_err() {
                    return;
                }
                bytes.clear();
            }
        });
        let mut browser = Self { child, to, from, session: None, calls: 0, complaints: vec![] };
        let target = browser.call("Target.createTarget", json!({"url": "about:blank"}))["targetId"].clone();
        let session = browser.call("Target.attachToTarget", json!({"targetId": target, "flatten": true}));
        browser.session = Some(session["sessionId"].as_str().unwrap().to_owned());
        for domain in ["Runtime", "Log", "Page"] {
            browser.call(&format!("{domain}.enable"), json!({}));
        }
        browser
    }

    /// Opens a page, and waits until it says that it is drawn.
    pub(super) fn open(&mut self, page: &Path) {
        self.call("Page.navigate", json!({"url": format!("file://{}", page.display())}));
        self.until("document.body?.dataset.state === 'drawn'");
    }

    pub(super) fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.calls += 1;
        let mut message = json!({"id": self.calls, "method": method, "params": parameters});
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        self.to.write_all(format!("{message}\0").as_bytes()).unwrap();
        loop {
            let answer = self.from.recv_timeout(BOUND).unwrap_or_else(|error| panic!("{method}: {error}"));
            if answer["id"] == self.calls {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
            let is_error = match answer["method"].as_str() {
                Some("Runtime.exceptionThrown") => true,
                Some("Runtime.consoleAPICalled") => answer["params"]["type"] == "error",
                Some("Log.entryAdded") => answer["params"]["entry"]["level"] == "error",
                _ => false,
            };
            self.complaints.extend(is_error.then(|| answer["params"].to_string()));
        }
    }

    /// The value of an expression on the page.
    pub(super) fn value(&mut self, expression: &str) -> Value {
        let found = self.call(
            "Runtime.evaluate",
            json!({"expression": expression, "returnByValue": true, "userGesture": true}),
        );
        assert!(found["exceptionDetails"].is_null(), "{expression}: {found}");
        found["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    pub(super) fn until(&mut self, expression: &str) {
        let begin = Instant::now();
        while self.value(expression) != true {
            assert!(begin.elapsed() < BOUND, "{expression}: {:?}", self.complaints);
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Moves the mouse, and presses it if so.
    pub(super) fn mouse(&mut self, x: f64, y: f64, is_clicked: bool) {
        let kinds: &[&str] =
            if is_clicked { &["mouseMoved", "mousePressed", "mouseReleased"] } else { &["mouseMoved"] };
        for kind in kinds {
            let button = if *kind == "mouseMoved" { "none" } else { "left" };
            let event = json!({"type": kind, "x": x, "y": y, "button": button, "clickCount": 1});
            self.call("Input.dispatchMouseEvent", event);
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It has children of its own. It may have ended already.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}
