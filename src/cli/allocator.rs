//! Memory that cannot be had ends the program with one line that says so, instead of an abort and its core dump.

use std::{
    alloc::{GlobalAlloc, Layout, System},
    io::{Cursor, Write},
};

/// The system's allocator, which ends this process where that would answer with nothing.
struct EndingAllocator;

#[global_allocator]
static ALLOCATOR: EndingAllocator = EndingAllocator;

// SAFETY: every call is handed to the system's allocator as it is, and what that answers is handed back.
unsafe impl GlobalAlloc for EndingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the same promises to us.
        had(unsafe { System.alloc(layout) }, layout.size())
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as above.
        had(unsafe { System.alloc_zeroed(layout) }, layout.size())
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: as above.
        had(unsafe { System.realloc(block, layout, size) }, size)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

/// `block`, if there is one.
fn had(block: *mut u8, size: usize) -> *mut u8 {
    if block.is_null() {
        end(size);
    }
    block
}

/// Neither allocates nor unwinds. Of a worker, its parent reads the line.
#[cold]
fn end(size: usize) -> ! {
    let mut line = Cursor::new([0_u8; 200]);
    _ = writeln!(
        line,
        "indexer: memory allocation of {size} bytes failed: end other programs, or raise the limit (`ulimit -v`)"
    );
    let length = line.position() as usize;
    _ = rustix::io::write(rustix::stdio::stderr(), &line.get_ref()[..length]);
    // SAFETY: ends the process; handlers at exit could want memory.
    unsafe { libc::_exit(1) }
}
