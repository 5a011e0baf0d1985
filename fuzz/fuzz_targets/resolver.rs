//! Any bytes for [`protoskew_fuzz::resolver`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| protoskew_fuzz::resolver(bytes));
