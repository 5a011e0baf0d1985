//! Any bytes for [`protoskew_fuzz::compare`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| protoskew_fuzz::compare(bytes));
