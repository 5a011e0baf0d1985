//! How deep, how long and how many: what is beyond is told in a diagnostic, and the rest is read.

/// How deep messages and groups may be nested. protoc refuses the next level too; the limit keeps the stack small.
///
/// Values of options may be nested as deep as they like: their braces are counted, nothing is built of them.
pub const DEEPEST_NESTING: u32 = 31;

/// The longest text of one file, in bytes: spans are 32 bits wide. A longer one is refused whole.
pub const LONGEST_TEXT: u64 = u32::MAX as u64;

/// How many syntax errors of one file are told: a binary file under the wrong name must not fill the memory with them.
pub const MOST_SYNTAX_ERRORS: usize = 100;

/// How deep groups may be nested in the bytes of a descriptor set; the same limit as protobuf's own parsers have. What is deeper is
/// refused with the whole set.
pub const DEEPEST_GROUP: usize = 100;

/// The longest descriptor set, in bytes: spans are 32 bits wide.
pub const LONGEST_SET: u64 = u32::MAX as u64;
