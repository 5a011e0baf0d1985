//! What becomes of a value that one side writes and the other reads, and of a call.

use std::fmt;

/// What becomes of a value, from best to worst. `Absent` and `Blind` are duals of equal rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The message has the same shape on both sides.
    Same,
    /// Shapes differ, every value arrives.
    Compatible,
    /// The reader has a field that this writer never had: it sees the default.
    Absent,
    /// The writer may send what this reader never had.
    Blind,
    /// The reader still has a field that the writer's component no longer sends.
    Withdrawn,
    /// Decodes, but values vanish or change outside a range that both sides share.
    Lossy,
    /// Decoding fails loudly.
    Reject,
    /// An ordinary value arrives as another one, silently.
    Misread,
}

impl Outcome {
    /// Every outcome, best first.
    pub const ALL: [Outcome; 8] = [
        Outcome::Same,
        Outcome::Compatible,
        Outcome::Absent,
        Outcome::Blind,
        Outcome::Withdrawn,
        Outcome::Lossy,
        Outcome::Reject,
        Outcome::Misread,
    ];

    /// The word used for it everywhere.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Same => "same",
            Outcome::Compatible => "compatible",
            Outcome::Absent => "absent",
            Outcome::Blind => "blind",
            Outcome::Withdrawn => "withdrawn",
            Outcome::Lossy => "lossy",
            Outcome::Reject => "reject",
            Outcome::Misread => "misread",
        }
    }

    /// True from `lossy` on: a meeting with such an outcome is broken.
    pub const fn breaks(self) -> bool {
        matches!(self, Outcome::Lossy | Outcome::Reject | Outcome::Misread)
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// What becomes of a call, from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CallOutcome {
    /// Both sides know the method.
    Served,
    /// The server is too old to know the method: UNIMPLEMENTED.
    NewCall,
    /// An older client relies on a method that is gone or whose path changed.
    CallRemoved,
    /// Streaming or types differ.
    CallChanged,
}

impl CallOutcome {
    /// The word used for it everywhere.
    pub const fn word(self) -> &'static str {
        match self {
            CallOutcome::Served => "served",
            CallOutcome::NewCall => "new-call",
            CallOutcome::CallRemoved => "call-removed",
            CallOutcome::CallChanged => "call-changed",
        }
    }

    /// True for `call-removed` and `call-changed`: a meeting with such an outcome is broken.
    pub const fn breaks(self) -> bool {
        matches!(self, CallOutcome::CallRemoved | CallOutcome::CallChanged)
    }
}

impl fmt::Display for CallOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A protobuf implementation, as the reader of a message.
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
}

impl Runtime {
    /// Every runtime, in the order of [`ByRuntime`].
    pub const ALL: [Runtime; 12] = [
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
        }
    }
}

impl fmt::Display for Runtime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// The outcome in each runtime that the reader may be built with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ByRuntime([Outcome; Runtime::ALL.len()]);

impl ByRuntime {
    /// The same outcome in every runtime.
    pub const fn all(outcome: Outcome) -> Self {
        Self([outcome; Runtime::ALL.len()])
    }

    /// With another outcome in some runtimes.
    #[must_use]
    pub fn with(mut self, runtimes: &[Runtime], outcome: Outcome) -> Self {
        for &runtime in runtimes {
            self.0[runtime as usize] = outcome;
        }
        self
    }

    /// The outcome in one runtime.
    pub fn get(&self, runtime: Runtime) -> Outcome {
        self.0[runtime as usize]
    }

    /// What every runtime suffers at the least: the answer while the reader's runtime is unknown.
    pub fn least(&self) -> Outcome {
        self.0.into_iter().min().unwrap_or(Outcome::Same)
    }

    /// What the unluckiest runtime suffers.
    pub fn worst(&self) -> Outcome {
        self.0.into_iter().max().unwrap_or(Outcome::Same)
    }

    /// The worse of the two, runtime by runtime.
    #[must_use]
    pub fn max(mut self, other: Self) -> Self {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = (*mine).max(theirs);
        }
        self
    }

    /// The runtimes whose outcome satisfies the predicate, in order.
    pub fn runtimes_where(&self, predicate: impl Fn(Outcome) -> bool) -> Vec<Runtime> {
        Runtime::ALL
            .into_iter()
            .filter(|&runtime| predicate(self.get(runtime)))
            .collect()
    }
}

/// An outcome for each direction between the older and the newer schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Directed {
    /// The older side writes, the newer side reads.
    pub old_to_new: ByRuntime,
    /// The newer side writes, the older side reads.
    pub new_to_old: ByRuntime,
}

impl Directed {
    /// The same outcome everywhere.
    pub const fn all(outcome: Outcome) -> Self {
        Self {
            old_to_new: ByRuntime::all(outcome),
            new_to_old: ByRuntime::all(outcome),
        }
    }

    /// One outcome per direction, the same in every runtime.
    pub const fn of(old_to_new: Outcome, new_to_old: Outcome) -> Self {
        Self {
            old_to_new: ByRuntime::all(old_to_new),
            new_to_old: ByRuntime::all(new_to_old),
        }
    }

    /// The worse of the two, direction by direction and runtime by runtime.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            old_to_new: self.old_to_new.max(other.old_to_new),
            new_to_old: self.new_to_old.max(other.new_to_old),
        }
    }
}
