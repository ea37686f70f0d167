//! `playlists.redb`: what clustering knows.
