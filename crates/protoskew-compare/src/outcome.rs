//! What becomes of a value, in each direction between two schemas, and of a call.

use std::fmt;

use protoskew_wire::runtime::UnknownFields;
pub use protoskew_wire::{ByRuntime, Outcome, Runtime};

/// Whether a program built with this runtime loses the fields that it does not know when it writes a message anew.
pub fn drops_unknown_fields(runtime: Runtime) -> bool {
    runtime.answers().unknown.is == UnknownFields::Dropped
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
