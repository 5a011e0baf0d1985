//! The project's own tasks: `cargo xtask test`, `bench`, `wild`.
fn main() {}
