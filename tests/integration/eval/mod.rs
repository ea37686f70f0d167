//! `eval`: what methods and numbers of playlists are worth.

mod figures;
