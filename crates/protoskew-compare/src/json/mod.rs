//! JSON, the second lens: what becomes of a value that one side writes as JSON and the other parses, by the kind of parser.
//!
//! JSON knows fields by their names and values by their form. So a renumbering, which breaks the wire, changes nothing here, and a
//! renaming, which the wire does not see, does. Source of the facts: the ProtoJSON specification, and what two parsers answer
//! (`tests/json`). Where parsers disagree, the worse of the two is given.

mod differ;
mod enums;
mod fields;
mod forms;
mod nested;
mod table;

use protoskew_schema::{FieldType, Name};

use differ::Differ;

use crate::change::{Carrier, ChangeKind};
use crate::indexed::Indexed;
use crate::messages::Local;
use crate::outcome::{ByRuntime, Outcome, Runtime};
use crate::pairing::Renames;
use crate::reading;

pub(crate) use enums::{aliased, change as enum_change};
pub(crate) use fields::change as field_change;
pub(crate) use nested::Fields;

/// Why a value is lost whose field no name stands for ([`JsonReading::why`]).
pub const UNKNOWN_NAME: &str = "no field has this name";

/// How the two sides of a conversation write and parse JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JsonParser {
    /// ProtoJSON; what is not known is refused, as the specification asks for by default.
    Strict,
    /// ProtoJSON; what is not known is ignored.
    Lenient,
    /// JSON that a program derives from its generated structs by other means (serde, say): fields and enum values under the names
    /// that the `.proto` file gives them, values in plain forms, what is not known is ignored but for enum values.
    Names,
}

impl JsonParser {
    /// All of them.
    pub const ALL: [JsonParser; 3] = [JsonParser::Strict, JsonParser::Lenient, JsonParser::Names];

    /// The word used for it everywhere.
    pub const fn word(self) -> &'static str {
        match self {
            JsonParser::Strict => "strict",
            JsonParser::Lenient => "lenient",
            JsonParser::Names => "names",
        }
    }
}

/// An outcome for each kind of parser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ByParser {
    strict: Outcome,
    lenient: Outcome,
    names: Outcome,
}

impl ByParser {
    pub(crate) const fn all(outcome: Outcome) -> Self {
        Self::of(outcome, outcome, outcome)
    }

    pub(crate) const fn of(strict: Outcome, lenient: Outcome, names: Outcome) -> Self {
        Self {
            strict,
            lenient,
            names,
        }
    }

    /// With one kind of parser.
    pub const fn get(self, parser: JsonParser) -> Outcome {
        match parser {
            JsonParser::Strict => self.strict,
            JsonParser::Lenient => self.lenient,
            JsonParser::Names => self.names,
        }
    }

    /// The worse of the two, parser by parser.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            strict: self.strict.max(other.strict),
            lenient: self.lenient.max(other.lenient),
            names: self.names.max(other.names),
        }
    }

    fn worst(self) -> Outcome {
        self.strict.max(self.lenient).max(self.names)
    }
}

/// What becomes of a value in one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonReading {
    /// By the reader's parser.
    pub outcome: ByParser,
    /// A message that shows it, as it is written: `{"mountPoint":"a"}`; empty where there is nothing to show.
    pub written: String,
    /// Why it is read as it is, in a few words: "no field has this name".
    pub why: &'static str,
    /// Where parsers differ: the question that decides.
    differ: Differ,
    /// The reader's field is `required` and this writer may leave it out: refused by the runtimes that check.
    pub required_missing: bool,
    /// What absence reads as by those who do not refuse it: `misread` where it is not what it is to the writer.
    absent: Outcome,
}

impl JsonReading {
    pub(crate) fn new(outcome: ByParser, written: impl Into<String>, why: &'static str) -> Self {
        Self {
            outcome,
            written: written.into(),
            why,
            differ: Differ::default(),
            required_missing: false,
            absent: Outcome::Compatible,
        }
    }

    /// Nothing to show.
    pub(crate) fn plain(outcome: Outcome) -> Self {
        Self::new(ByParser::all(outcome), "", "")
    }

    pub(crate) fn with_required_missing(mut self, missing: bool) -> Self {
        self.required_missing = missing;
        self
    }

    /// The worse of two, parser by parser, shown by the one that is worse at the worst.
    pub(crate) fn or_worse(mut self, other: Self) -> Self {
        if other.outcome.worst() > self.outcome.worst() {
            self.written = other.written;
            self.why = other.why;
        }
        self.differ = self.differ.max(self.outcome, other.differ, other.outcome);
        self.outcome = self.outcome.max(other.outcome);
        self.required_missing |= other.required_missing;
        self.absent = self.absent.max(other.absent);
        self
    }

    /// With one kind of parser, by the reader's runtime.
    pub fn outcomes(&self, parser: JsonParser) -> ByRuntime {
        let read = self.differ.outcomes(self.outcome.get(parser), parser);
        let missing = reading::missing();
        read.max(ByRuntime::each(|runtime| {
            // protobuf-es accepts such bytes, and refuses such JSON
            let checks = runtime == Runtime::ProtobufEs || missing.get(runtime) == Outcome::Reject;
            if self.required_missing && checks {
                Outcome::Reject
            } else {
                self.absent
            }
        }))
    }

    /// What a parser with that outcome makes of what is written, in a few words; empty where there is nothing to show.
    pub fn read(&self, outcome: Outcome) -> String {
        if self.written.is_empty() {
            return String::new();
        }
        let verb = match outcome {
            Outcome::Reject => "refused",
            Outcome::Misread => "read as another value",
            Outcome::Lossy => "lost",
            Outcome::Blind => "ignored",
            Outcome::Withdrawn | Outcome::Absent => "left at its default",
            Outcome::Compatible | Outcome::Same => "read",
        };
        format!("{verb}: {}", self.why)
    }
}

/// What a change does to JSON, in each direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonImpact {
    /// The older side writes, the newer side reads.
    pub old_to_new: JsonReading,
    /// The newer side writes, the older side reads.
    pub new_to_old: JsonReading,
    /// What carries the values.
    pub carrier: Carrier,
}

impl JsonImpact {
    /// `None` where no kind of parser notices.
    pub(crate) fn new(readings: [JsonReading; 2], carrier: &Carrier) -> Option<Self> {
        let notices = |reading: &JsonReading| {
            let absent = reading.required_missing || reading.absent > Outcome::Compatible;
            absent || reading.outcome.worst() > Outcome::Compatible
        };
        if !readings.iter().any(notices) {
            return None;
        }
        let [old_to_new, new_to_old] = readings;
        Some(Self {
            old_to_new,
            new_to_old,
            carrier: carrier.clone(),
        })
    }

    /// What one direction does.
    pub const fn reading(&self, newer_writes: bool) -> &JsonReading {
        if newer_writes {
            &self.new_to_old
        } else {
            &self.old_to_new
        }
    }

    /// The worse of the two, direction by direction.
    #[must_use]
    pub(crate) fn max(&self, other: &Self) -> Self {
        let mut worst = self.clone();
        for (mine, theirs) in [
            (&mut worst.old_to_new, &other.old_to_new),
            (&mut worst.new_to_old, &other.new_to_old),
        ] {
            let worse = theirs.outcome.worst() > mine.outcome.worst();
            let outcome = mine.outcome.max(theirs.outcome);
            let differ = mine.differ.max(mine.outcome, theirs.differ, theirs.outcome);
            let missing = mine.required_missing || theirs.required_missing;
            let absent = mine.absent.max(theirs.absent);
            if worse {
                mine.clone_from(theirs);
            }
            mine.differ = differ;
            mine.outcome = outcome;
            mine.required_missing = missing;
            mine.absent = absent;
        }
        worst
    }
}

/// What another name does to a message in an `Any`: to write or read it, its `@type` must be known.
pub(crate) fn in_any(names: [&Name; 2], carrier: &Carrier) -> Option<JsonImpact> {
    let readings = names.map(|name| {
        let written = format!("{{\"@type\":\"type.googleapis.com/{name}\"}}");
        JsonReading::new(
            ByParser::all(Outcome::Reject),
            written,
            "no message has this name",
        )
    });
    JsonImpact::new(readings, carrier)
}

/// Two schemas, seen as JSON.
#[derive(Clone, Copy)]
pub(crate) struct Lens<'a> {
    pub(crate) old: &'a Indexed,
    pub(crate) new: &'a Indexed,
    pub(crate) renames: &'a Renames,
}

/// One direction through the lens.
#[derive(Clone, Copy)]
struct Way<'a> {
    writer: &'a Indexed,
    reader: &'a Indexed,
    renames: &'a Renames,
    /// Whether the older side writes.
    older_writes: bool,
}

impl<'a> Lens<'a> {
    fn ways(self) -> [Way<'a>; 2] {
        [true, false].map(|older_writes| {
            let (writer, reader) = if older_writes {
                (self.old, self.new)
            } else {
                (self.new, self.old)
            };
            Way {
                writer,
                reader,
                renames: self.renames,
                older_writes,
            }
        })
    }

    /// What another request or response message does.
    pub(crate) fn method_type(
        self,
        before: &FieldType,
        after: &FieldType,
        carrier: &Carrier,
    ) -> Option<JsonImpact> {
        let [forth, back] = self.ways();
        let readings = [forth.root(before, after), back.root(after, before)];
        JsonImpact::new(readings, carrier)
    }
}

impl Way<'_> {
    /// True where the two names mean one type, which reports its changes itself.
    fn one_type(self, written: &Name, read: &Name) -> bool {
        let (old, new) = if self.older_writes {
            (written, read)
        } else {
            (read, written)
        };
        old == new || self.renames.types.get(old) == Some(new)
    }
}

/// True for what only the wire or only the source sees.
fn unseen(kind: &ChangeKind) -> bool {
    matches!(
        kind,
        ChangeKind::FieldEncodingChanged { .. }
            | ChangeKind::ReservedNumbersDropped { .. }
            | ChangeKind::ReservedNameDropped { .. }
            | ChangeKind::ExtensionNumbersDropped { .. }
            | ChangeKind::OneofRemoved
            | ChangeKind::OneofRenamed { .. }
    )
}

/// What both sides lose alike, whatever the lens is.
fn as_on_the_wire(local: &Local) -> [JsonReading; 2] {
    [local.outcomes.old_to_new, local.outcomes.new_to_old]
        .map(|outcome| JsonReading::plain(outcome.least()))
}
