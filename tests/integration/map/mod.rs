//! The map of a library: its files, what is refused, and the page in a browser.

mod browser;
mod files;
mod in_chromium;
