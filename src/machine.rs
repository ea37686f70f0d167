//! What a machine may run out of, and how work goes on with less of it.

use std::sync::mpsc::{Sender, channel};
use std::{env, io, sync::Once, thread};

use rayon::ThreadPoolBuilder;
use rustix::io::Errno;

/// Which limit has been reached, where an error says that.
pub fn reached_limit(error: &io::Error) -> Option<&'static str> {
    Some(match Errno::from_io_error(error)? {
        Errno::MFILE => "this process may open no more files: raise the limit (`ulimit -n`)",
        Errno::NFILE => "the machine can open no more files: raise `fs.file-max`",
        Errno::NOMEM => "there is no memory left: end other programs, or raise the limit (`ulimit -v`)",
        _ => return None,
    })
}

/// The error of a thread or process that could not be started, with the limit that it has reached.
pub(crate) fn start_error(error: io::Error) -> io::Error {
    // Of many other calls this says that they would have to wait.
    if Errno::from_io_error(&error) == Some(Errno::AGAIN) {
        let limit = "this user may start no more processes and threads: end other programs, or raise the limit (`ulimit -u`, of a \
                     service `TasksMax`)";
        return io::Error::other(limit);
    }
    match reached_limit(&error) {
        Some(limit) => io::Error::other(format!("{error}: {limit}")),
        None => error,
    }
}

/// Errors: no thread can be started now, with the limit that is reached.
pub(crate) fn check_threads() -> io::Result<()> {
    let thread = thread::Builder::new().spawn(|| ()).map_err(start_error)?;
    thread.join().map_err(|_| io::Error::other("a thread that does nothing has failed"))
}

/// Starts the threads that share out large computations: as many as there can be, and where there is none, the caller computes
/// alone.
pub(crate) fn start_thread_pool() {
    static START: Once = Once::new();
    START.call_once(|| {
        // The pool of the process can be built once only, and nothing is ever computed if that fails: so the threads come first.
        let mut threads: Vec<_> = (0..wanted_threads()).map_while(|_| waiting_thread().ok()).collect();
        let pool = ThreadPoolBuilder::new();
        // Whoever uses this library may have built it already.
        drop(match threads.len() {
            0 => pool.num_threads(1).use_current_thread().build_global(),
            count => {
                let run = move |thread| {
                    let waiting = threads.pop().ok_or(io::ErrorKind::NotFound)?;
                    waiting.send(thread).map_err(|_| io::ErrorKind::BrokenPipe.into())
                };
                pool.num_threads(count).spawn_handler(run).build_global()
            }
        });
    });
}

/// As rayon would count them.
fn wanted_threads() -> usize {
    let set = env::var("RAYON_NUM_THREADS").ok().and_then(|number| number.parse().ok());
    let cores = || thread::available_parallelism().map_or(1, usize::from);
    set.filter(|number| *number > 0).unwrap_or_else(cores)
}

/// A thread that waits for what it is to do.
fn waiting_thread() -> io::Result<Sender<rayon::ThreadBuilder>> {
    let (give, take) = channel::<rayon::ThreadBuilder>();
    thread::Builder::new().spawn(move || take.recv().map(rayon::ThreadBuilder::run))?;
    Ok(give)
}
