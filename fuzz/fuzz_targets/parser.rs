//! Any bytes for [`protoskew_fuzz::parser`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| protoskew_fuzz::parser(bytes));
