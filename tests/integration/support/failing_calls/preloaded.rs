//! A library to be preloaded: of the calls that change files it lets one fail, or all from one on. `FAILING_CALL` is its
//! number, from 0, and `FAILING_ERRNO` the error; with `FAILING_FOR_GOOD` those behind it fail too. Once one has failed,
//! the file that `FAILING_TOLD` names is there.
//!
//! Pipes, sockets and terminals are left alone, and so is what is called without the C library.

use std::ffi::{c_char, c_int, c_long, c_void};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

unsafe extern "C" {
    fn dlsym(library: *mut c_void, name: *const c_char) -> *mut c_void;
    fn lseek(file: c_int, offset: c_long, whence: c_int) -> c_long;
    fn __errno_location() -> *mut c_int;
}

const NEXT: *mut c_void = -1_isize as *mut c_void;
const CURRENT: c_int = 1;

struct Plan {
    call: u64,
    errno: c_int,
    for_good: bool,
}

fn plan() -> Option<&'static Plan> {
    static PLAN: OnceLock<Option<Plan>> = OnceLock::new();
    let number = |name| std::env::var(name).ok()?.parse().ok();
    let read = || {
        let call = number("FAILING_CALL")?;
        let errno = number("FAILING_ERRNO")? as c_int;
        Some(Plan { call, errno, for_good: std::env::var_os("FAILING_FOR_GOOD").is_some() })
    };
    PLAN.get_or_init(read).as_ref()
}

/// Counts a call; whether it fails, with its error set.
fn fails() -> bool {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let Some(plan) = plan() else { return false };
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    let fails = call == plan.call || plan.for_good && call > plan.call;
    if fails {
        drop(std::env::var_os("FAILING_TOLD").map(std::fs::File::create));
        unsafe { *__errno_location() = plan.errno };
    }
    fails
}

fn is_file(file: c_int) -> bool {
    (unsafe { lseek(file, 0, CURRENT) }) != -1
}

/// Functions of the C library that may fail instead of being called.
macro_rules! failing {
    ($($name:ident($($argument:ident: $kind:ty),*) -> $result:ty, if $counts:expr;)*) => {$(
        /// As in the C library.
        #[unsafe(no_mangle)]
        pub unsafe extern "C" fn $name($($argument: $kind),*) -> $result {
            static REAL: OnceLock<usize> = OnceLock::new();
            if $counts && fails() {
                return -1;
            }
            let name = concat!(stringify!($name), "\0");
            let real = *REAL.get_or_init(|| unsafe { dlsym(NEXT, name.as_ptr().cast()) } as usize);
            let real: unsafe extern "C" fn($($kind),*) -> $result = unsafe { std::mem::transmute(real) };
            unsafe { real($($argument),*) }
        }
    )*};
}

failing! {
    write(file: c_int, bytes: *const c_void, count: usize) -> isize, if is_file(file);
    pwrite64(file: c_int, bytes: *const c_void, count: usize, offset: i64) -> isize, if true;
    fsync(file: c_int) -> c_int, if true;
    fdatasync(file: c_int) -> c_int, if true;
    ftruncate64(file: c_int, length: i64) -> c_int, if true;
    rename(old: *const c_char, new: *const c_char) -> c_int, if true;
    link(old: *const c_char, new: *const c_char) -> c_int, if true;
    unlink(path: *const c_char) -> c_int, if true;
}
