//! Any bytes for [`protoskew_fuzz::wire`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| protoskew_fuzz::wire(bytes));
