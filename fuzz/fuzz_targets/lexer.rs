//! Any bytes for [`protoskew_fuzz::lexer`].
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| protoskew_fuzz::lexer(bytes));
