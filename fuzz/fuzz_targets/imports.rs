//! Any bytes for [`protoskew_fuzz::imports`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| protoskew_fuzz::imports(bytes));
