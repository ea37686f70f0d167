//! Whether a process stands still for a reason that lies outside of it: it has been stopped or frozen, or waits for a disk.

use std::{fs, path::PathBuf};

/// More children than this are not looked at.
const MOST_CHILDREN: usize = 16;
/// What a process does that reads or opens a file.
const FILE_CALLS: [libc::c_long; 5] =
    [libc::SYS_read, libc::SYS_pread64, libc::SYS_openat, libc::SYS_lseek, libc::SYS_statx];

/// Why a process or a child of it cannot go on now; none where nothing from outside holds it up.
pub(super) fn blocked(process: u32) -> Option<String> {
    let children = about(process, &format!("task/{process}/children"));
    let children = children.split_whitespace().filter_map(|child| child.parse().ok()).take(MOST_CHILDREN);
    [process].into_iter().chain(children).find_map(blocked_itself)
}

fn blocked_itself(process: u32) -> Option<String> {
    // The name before the state may hold anything, also parentheses.
    let stat = about(process, "stat");
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    match state {
        Some('T' | 't') => return Some("it has been stopped".to_owned()),
        Some('D') => return Some("it waits for a disk".to_owned()),
        _ if is_frozen(&about(process, "wchan")) => return Some("it has been frozen".to_owned()),
        _ => {}
    }
    // Some filesystems let their readers wait as if for anything. "0 0x4 …": the call and its arguments.
    let call = about(process, "syscall");
    let mut words = call.split_whitespace();
    let number = words.next()?.parse::<libc::c_long>().ok().filter(|number| FILE_CALLS.contains(number))?;
    if number == libc::SYS_openat || number == libc::SYS_statx {
        return Some("it waits for a file".to_owned());
    }
    let file = u32::from_str_radix(words.next()?.strip_prefix("0x")?, 16).ok()?;
    let path = fs::read_link(place(process, &format!("fd/{file}"))).ok()?;
    // A pipe has no path: what does not answer there is a program.
    path.is_absolute().then(|| format!("it waits for {}", path.display()))
}

/// By the function of the kernel in which a process sleeps: those of cgroups' freezer, version 2 and 1.
fn is_frozen(function: &str) -> bool {
    ["do_freezer_trap", "__refrigerator"].contains(&function.trim())
}

fn place(process: u32, what: &str) -> PathBuf {
    format!("/proc/{process}/{what}").into()
}

/// What the kernel says of a process; nothing where it does not.
fn about(process: u32, what: &str) -> String {
    fs::read_to_string(place(process, what)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command, Stdio};
    use std::{thread, time::Duration};

    use rustix::process::{Pid, Signal, kill_process, kill_process_group};

    use super::*;

    /// Waits until it is so: a process takes its time to begin.
    fn until(is_so: impl Fn() -> bool) -> bool {
        (0..1000).any(|_| {
            thread::sleep(Duration::from_millis(10));
            is_so()
        })
    }

    /// A shell with a process group of its own, which ends with all that it has started.
    struct Shell(Child);

    impl Shell {
        fn start(script: &str) -> Self {
            let mut command = Command::new("sh");
            let command = command.args(["-c", script]).stdin(Stdio::piped()).stdout(Stdio::null());
            Self(command.process_group(0).spawn().unwrap())
        }

        fn id(&self) -> u32 {
            self.0.id()
        }
    }

    impl Drop for Shell {
        fn drop(&mut self) {
            let _ = kill_process_group(Pid::from_child(&self.0), Signal::KILL);
            let _ = self.0.wait();
        }
    }

    #[test]
    fn a_stopped_process_or_child_is_blocked_and_one_that_waits_for_a_pipe_or_works_is_not() {
        // Two commands, lest the shell becomes the first one.
        for script in ["read line; true", "while :; do :; done", "sleep 1000; true"] {
            let shell = Shell::start(script);
            assert!(until(|| about(shell.id(), "cmdline").contains(script)));
            // While it begins it may wait for the disk.
            assert!(until(|| blocked(shell.id()).is_none()), "{script}");
            kill_process(Pid::from_child(&shell.0), Signal::STOP).unwrap();
            assert!(until(|| blocked(shell.id()).is_some_and(|why| why.contains("stopped"))), "{script}");
        }
        let parent = Shell::start("sleep 1000 & kill -STOP $!; wait");
        assert!(until(|| blocked(parent.id()).is_some_and(|why| why.contains("stopped"))));
        assert_eq!(blocked(u32::MAX), None);
    }
}
