//! `service`: units for systemd.

mod units;
