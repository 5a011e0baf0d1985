//! Protobuf implementations, and what each does where they differ.

mod answers;
mod json;
mod table;

use std::fmt;

pub use answers::{
    Again, Answers, BadText, BoolBits, ClosedBy, Entry, EntryMessage, EntryWireType, Extensions,
    Groups, Members, MissingRequired, NumberZero, OutOfRange, Overrun, UnknownFields,
    UnknownNumber, WireTypeDiffers,
};
pub use json::{BigNumber, JsonAnswers, Taken, UnknownName};

/// A protobuf implementation, as the reader of a message. Where a release of one changed its answers, the later one stands by itself:
/// `protobufjs` is every release before 8.
#[allow(missing_docs)] // the names are the implementations' own
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Runtime {
    Cpp,
    Java,
    Upb,
    Go,
    Gogo,
    Vtproto,
    Prost,
    RustProtobuf2,
    RustProtobuf3,
    Buffa,
    ProtobufEs,
    Protobufjs,
    Protobufjs8,
}

impl Runtime {
    /// Every runtime, in the order of [`ByRuntime`].
    pub const ALL: [Runtime; 13] = [
        Runtime::Cpp,
        Runtime::Java,
        Runtime::Upb,
        Runtime::Go,
        Runtime::Gogo,
        Runtime::Vtproto,
        Runtime::Prost,
        Runtime::RustProtobuf2,
        Runtime::RustProtobuf3,
        Runtime::Buffa,
        Runtime::ProtobufEs,
        Runtime::Protobufjs,
        Runtime::Protobufjs8,
    ];

    /// The name used in configuration and messages.
    pub const fn word(self) -> &'static str {
        match self {
            Runtime::Cpp => "cpp",
            Runtime::Java => "java",
            Runtime::Upb => "upb",
            Runtime::Go => "go",
            Runtime::Gogo => "gogo",
            Runtime::Vtproto => "vtproto",
            Runtime::Prost => "prost",
            Runtime::RustProtobuf2 => "rust-protobuf-2",
            Runtime::RustProtobuf3 => "rust-protobuf-3",
            Runtime::Buffa => "buffa",
            Runtime::ProtobufEs => "protobuf-es",
            Runtime::Protobufjs => "protobufjs",
            Runtime::Protobufjs8 => "protobufjs-8",
        }
    }

    /// What it does where implementations differ.
    pub const fn answers(self) -> &'static Answers {
        &table::ANSWERS[self as usize]
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_runtime_has_its_own_name_and_place() {
        for (at, runtime) in Runtime::ALL.into_iter().enumerate() {
            assert_eq!(runtime as usize, at, "{runtime}");
            let same = Runtime::ALL.iter().filter(|it| it.word() == runtime.word());
            assert_eq!(same.count(), 1, "{runtime}");
        }
    }
}
