//! A typed change between an older and a newer schema, with both places and what it does in each direction.

use std::sync::Arc;

use protoskew_schema::{FileId, Name, Presence, Scalar, Span};

use crate::fates::Fates;
use crate::json::JsonImpact;
use crate::outcome::{CallOutcome, Directed};

/// A place in one schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file.
    pub file: FileId,
    /// What is pointed at.
    pub span: Span,
}

/// One change.
#[derive(Clone, Debug)]
pub struct Change {
    /// What happened.
    pub kind: ChangeKind,
    /// Full name of the element, on the newer side where it is there, else on the older one.
    pub element: Name,
    /// Where it stood on the older side.
    pub old: Option<Place>,
    /// Where it stands on the newer side.
    pub new: Option<Place>,
    /// What it does.
    pub impact: Impact,
    /// What it does where the two speak JSON; only where the comparer was asked, and some parser notices.
    pub json: Option<Arc<JsonImpact>>,
}

/// What a change does to those who meet across it.
#[derive(Clone, Debug)]
pub enum Impact {
    /// Nothing on the wire.
    None,
    /// To values of messages.
    Values {
        /// By direction and runtime.
        outcomes: Directed,
        /// What carries the values, and so decides in which roles they travel.
        carrier: Carrier,
    },
    /// To a call.
    Call {
        /// An older client calls a newer server.
        old_client: CallOutcome,
        /// A newer client calls an older server.
        new_client: CallOutcome,
        /// The service of the method.
        service: Name,
    },
}

/// What carries a changed value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// A message or enum, by its full name on each side where it exists.
    Element {
        /// On the older side.
        old: Option<Name>,
        /// On the newer side.
        new: Option<Name>,
    },
    /// An `Any`, which names the message that it holds; only for messages that nothing else holds.
    Any,
    /// The request of a method of this service.
    Request(Name),
    /// The response of a method of this service.
    Response(Name),
}

/// What happened. Text in `old` and `new` is as a person would write it in the `.proto` file.
#[allow(missing_docs)] // the variants' doc comments say what the equally named fields hold
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeKind {
    /// A field is new. `joined_oneof`: the oneof it joined, where that oneof had members before. `ambiguous`: the scalar type, where a
    /// reader cannot tell a writer without the field from one that means zero.
    FieldAdded {
        number: u32,
        presence: Presence,
        joined_oneof: Option<Name>,
        ambiguous: Option<Scalar>,
    },
    /// A field is gone. `taken_by`: the field that has its number now.
    FieldRemoved {
        number: u32,
        number_reserved: bool,
        name_reserved: bool,
        required: bool,
        taken_by: Option<Name>,
    },
    /// Same number and type group, other name. `json_name_kept`: JSON has it under the name that it had. `namesake`: the number of a
    /// field that only the newer side has, where it has the old name, or only the older side, where it had the new one.
    FieldRenamed {
        number: u32,
        old: Name,
        new: Name,
        json_name_kept: bool,
        namesake: Option<u32>,
    },
    /// Same name, other number. `old_number_now` and `new_number_was`: the other fields at these numbers.
    FieldRenumbered {
        old: u32,
        new: u32,
        old_number_now: Option<Name>,
        new_number_was: Option<Name>,
        old_number_reserved: bool,
    },
    /// The type at a number changed; `reused` holds the old name where the name changed too.
    FieldTypeChanged {
        number: u32,
        old: Name,
        new: Name,
        reused: Option<Name>,
        reading: TypeReading,
    },
    /// Singular, repeated, map.
    FieldCardinalityChanged { old: Name, new: Name },
    /// Implicit, explicit, required.
    FieldPresenceChanged { old: Presence, new: Presence },
    /// The value of an absent field; `None` is the type's own zero.
    FieldDefaultChanged {
        old: Option<Name>,
        new: Option<Name>,
        implicit: bool,
    },
    /// Into, out of, or between oneofs; `sibling` is a member that can be set beside it on the side that writes.
    FieldOneofChanged {
        old: Option<Name>,
        new: Option<Name>,
        sibling: Option<Name>,
    },
    /// Packed, delimited or UTF-8 validation.
    FieldEncodingChanged {
        what: &'static str,
        old: &'static str,
        new: &'static str,
    },
    /// The name in ProtoJSON, where the field's own name stayed.
    JsonNameChanged { old: Name, new: Name },
    /// A reserved range, or part of it, is free again.
    ReservedNumbersDropped { start: i32, end: i32 },
    /// A reserved name is free again.
    ReservedNameDropped { name: Name },
    /// Numbers that were open to extensions are not any more, nor are they reserved.
    ExtensionNumbersDropped { start: i32, end: i32 },
    /// A message is gone.
    MessageRemoved,
    /// The same message under another name.
    MessageRenamed { old: Name },
    /// An enum is new; `reason` holds the text behind `protoskew: enum-ok` in its comment.
    EnumAdded { reason: Option<Name> },
    /// An enum is gone.
    EnumRemoved,
    /// The same enum under another name.
    EnumRenamed { old: Name },
    /// A number of an enum is new. `read`: what older readers make of it.
    EnumValueAdded {
        number: i32,
        closed: bool,
        read: Fates,
    },
    /// A number of an enum is gone. `taken`: a value that came from another number has it now.
    EnumValueRemoved {
        number: i32,
        number_reserved: bool,
        name_reserved: bool,
        taken: bool,
        closed: bool,
    },
    /// Same number, other name.
    EnumValueRenamed { number: i32, old: Name },
    /// Same name, other number. `old_number_free`: nothing has or reserves the old one.
    EnumValueRenumbered {
        old: i32,
        new: i32,
        old_number_free: bool,
    },
    /// What absence means.
    EnumZeroChanged { old: Name, new: Name, closed: bool },
    /// Open or closed.
    EnumOpennessChanged { closed: bool },
    /// A service is gone with all its methods.
    ServiceRemoved { methods: usize },
    /// The same methods under another service name in the same package.
    ServiceRenamed { old: Name },
    /// The same services, messages and enums under another package.
    PackageRenamed {
        old: Name,
        new: Name,
        services: usize,
    },
    /// A method is new.
    MethodAdded,
    /// A method is gone.
    MethodRemoved,
    /// Another request message.
    MethodRequestChanged {
        old: Name,
        new: Name,
        same_shape: bool,
    },
    /// Another response message.
    MethodResponseChanged {
        old: Name,
        new: Name,
        same_shape: bool,
    },
    /// Unary or stream.
    MethodStreamingChanged {
        old: &'static str,
        new: &'static str,
    },
    /// `idempotency_level`.
    IdempotencyChanged {
        old: Option<Name>,
        new: Option<Name>,
    },
    /// An extension is new.
    ExtensionAdded { number: u32, extendee: Name },
    /// An extension is gone.
    ExtensionRemoved { number: u32, extendee: Name },
    /// What was a field is an extension of the same number, or the other way round, by their full names; or an extension extends
    /// another message, by the full names of both.
    ExtensionMoved {
        number: u32,
        old: Name,
        new: Name,
        to: MovedTo,
    },
    /// Same number, and JSON writes another of its names; only where the comparer was asked for JSON.
    EnumValueAliased { number: i32, old: Name, new: Name },
    /// A oneof is gone, and some of its members are not.
    OneofRemoved,
    /// The same members under another oneof's name.
    OneofRenamed { old: Name },
    /// A message is, or is not any more, a message set.
    MessageSetChanged { new: bool },
    /// A type that importers could use is the file's own now.
    VisibilityNarrowed,
    /// An option of a message, field or enum that changes what is generated; `None`: as if left out.
    GeneratedCodeChanged {
        option: Name,
        old: Option<Name>,
        new: Option<Name>,
    },
    /// A message's or enum's `json_format`: `ALLOW`, or `LEGACY_BEST_EFFORT`, under which no compiler keeps its JSON unambiguous.
    JsonFormatChanged { allow: bool },
    /// A file is gone, and `gone` of the `declared` declarations at its top: most of them.
    FileRemoved { declared: usize, gone: usize },
    /// What a file declared is in other files now, whose importers do not find it by its path.
    FileMoved { new: Name },
    /// A file option that changes what is generated; `None`: as if left out.
    FileOptionChanged {
        option: Name,
        old: Option<Name>,
        new: Option<Name>,
    },
    /// The dialect of a file, where it means something.
    SyntaxChanged {
        old: &'static str,
        new: &'static str,
    },
    /// Importers of a file do not see any more what it imported publicly: so many `names`; 0 where that file is not known.
    ImportPublicRemoved { import: Name, names: usize },
    /// An option that the team named as contract; of messages only the parts that differ. `None`: nothing, or no such part.
    OptionChanged {
        option: Name,
        old: Option<Name>,
        new: Option<Name>,
    },
    /// A copy of the file `first` says something else of `about`, and of so many `more`.
    CopyDrifted {
        first: Name,
        about: Name,
        more: usize,
    },
}

/// What an extension became, or what became one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MovedTo {
    /// A field became an extension.
    Extension,
    /// An extension became a field.
    Field,
    /// An extension extends another message.
    Message,
}

/// Why a change of type reads as it does, for the sentence that explains it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TypeReading {
    /// Every value arrives.
    Safe,
    /// The documented exception: an enum became an int32 or int64.
    EnumToInteger,
    /// The way back: an integer became an enum, which does not list every number.
    IntegerToEnum,
    /// Both varints, zigzag on one side only.
    ZigZag,
    /// Values outside the common range change.
    Range,
    /// Same bytes, other meaning (`fixed32` as `float`, text as a message).
    Reinterpreted,
    /// Text must be UTF-8 where it is checked.
    Utf8,
    /// The wire types differ.
    WireType,
    /// Another message or enum.
    OtherType,
    /// A type whose import is missing: compared by name.
    Unknown,
}

impl ChangeKind {
    /// What the change is about, beside its rule and element: stable for ever, no lines, no commits.
    pub fn about(&self) -> String {
        let text = |name: &Option<Name>| name.as_deref().unwrap_or("none").to_owned();
        match self {
            Self::FieldAdded { number, .. }
            | Self::FieldRemoved { number, .. }
            | Self::ExtensionAdded { number, .. }
            | Self::ExtensionRemoved { number, .. } => number.to_string(),
            Self::FieldRenamed { old, new, .. }
            | Self::FieldCardinalityChanged { old, new }
            | Self::JsonNameChanged { old, new }
            | Self::EnumZeroChanged { old, new, .. }
            | Self::PackageRenamed { old, new, .. }
            | Self::MethodRequestChanged { old, new, .. }
            | Self::MethodResponseChanged { old, new, .. } => format!("{old} -> {new}"),
            Self::FieldTypeChanged {
                number, old, new, ..
            }
            | Self::ExtensionMoved {
                number, old, new, ..
            } => format!("{number}: {old} -> {new}"),
            Self::FieldRenumbered { old, new, .. } => format!("{old} -> {new}"),
            Self::FieldPresenceChanged { old, new } => format!("{old:?} -> {new:?}"),
            Self::FieldDefaultChanged { old, new, .. } | Self::IdempotencyChanged { old, new } => {
                format!("{} -> {}", text(old), text(new))
            }
            Self::FieldOneofChanged { old, new, .. } => format!("{} -> {}", text(old), text(new)),
            Self::FieldEncodingChanged { what, old, new } => format!("{what}: {old} -> {new}"),
            Self::ReservedNumbersDropped { start, end }
            | Self::ExtensionNumbersDropped { start, end } => format!("{start} to {end}"),
            Self::ReservedNameDropped { name } => format!("{name:?}"),
            Self::MessageRenamed { old }
            | Self::EnumRenamed { old }
            | Self::ServiceRenamed { old } => old.to_string(),
            Self::EnumValueAdded { number, .. } | Self::EnumValueRemoved { number, .. } => {
                number.to_string()
            }
            Self::EnumValueRenamed { number, old } => format!("{number}: {old}"),
            Self::EnumValueAliased { number, old, new } => format!("{number}: {old} -> {new}"),
            Self::EnumValueRenumbered { old, new, .. } => format!("{old} -> {new}"),
            Self::EnumOpennessChanged { closed } => format!("closed: {closed}"),
            Self::MethodStreamingChanged { old, new } => format!("{old} -> {new}"),
            Self::OneofRenamed { old } => old.to_string(),
            Self::MessageSetChanged { new } => format!("set: {new}"),
            Self::JsonFormatChanged { allow } => format!("allow: {allow}"),
            Self::GeneratedCodeChanged { option, old, new }
            | Self::FileOptionChanged { option, old, new }
            | Self::OptionChanged { option, old, new } => {
                format!("{option}: {} -> {}", text(old), text(new))
            }
            Self::FileMoved { new } => new.to_string(),
            Self::SyntaxChanged { old, new } => format!("{old} -> {new}"),
            Self::ImportPublicRemoved { import, .. } => import.to_string(),
            Self::CopyDrifted { first, .. } => first.to_string(),
            Self::MessageRemoved
            | Self::OneofRemoved
            | Self::VisibilityNarrowed
            | Self::FileRemoved { .. }
            | Self::EnumAdded { .. }
            | Self::EnumRemoved
            | Self::ServiceRemoved { .. }
            | Self::MethodAdded
            | Self::MethodRemoved => String::new(),
        }
    }
}

impl TypeReading {
    /// True where the two types read each other's bytes as the same kind of value, if not as the same value: a number, a text.
    pub(crate) const fn same_group(self) -> bool {
        matches!(
            self,
            Self::Safe
                | Self::EnumToInteger
                | Self::IntegerToEnum
                | Self::Range
                | Self::Utf8
                | Self::Unknown
        )
    }

    /// True where what absence reads as can be held against what it was: beside the types of a group, numbers that are written otherwise.
    pub(crate) const fn compares_defaults(self) -> bool {
        self.same_group() || matches!(self, Self::ZigZag)
    }
}
