//! How deep, how long and how many: what is beyond is told in a diagnostic, and the rest is read.

/// How deep messages and groups may be nested. protoc refuses the next level too; the limit keeps the stack small.
pub const DEEPEST_NESTING: u32 = 31;

/// How deep messages may be nested in an option's value, in text and in bytes, and how many parts an option's name may have:
/// protobuf's own limit for bytes. An option beyond it is not resolved.
pub const DEEPEST_VALUE: u32 = 100;

/// How many of the files that one file imports are told to declare a name that it declares too.
pub const MOST_CLASHES: usize = 10;

/// How many files an error about imports that go in a circle names.
pub const MOST_NAMED_IN_A_CIRCLE: usize = 10;

/// The longest text of one file, in bytes: spans are 32 bits wide. A longer one is refused whole.
pub const LONGEST_TEXT: u64 = u32::MAX as u64;

/// How many syntax errors of one file are told: a binary file under the wrong name must not fill the memory with them.
pub const MOST_SYNTAX_ERRORS: usize = 100;

/// How deep groups may be nested in the bytes of a descriptor set; the same limit as protobuf's own parsers have. What is deeper is
/// refused with the whole set.
pub const DEEPEST_GROUP: usize = 100;

/// The longest descriptor set, in bytes: spans are 32 bits wide.
pub const LONGEST_SET: u64 = u32::MAX as u64;
