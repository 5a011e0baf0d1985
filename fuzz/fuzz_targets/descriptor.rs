//! Any bytes for [`protoskew_fuzz::descriptor`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| protoskew_fuzz::descriptor(bytes));
