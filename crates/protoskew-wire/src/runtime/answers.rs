//! The questions that implementations answer differently, and the answers that there are.
//!
//! Decided here once: the table of types and the decoder both ask these.

/// An answer, and where it was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<T> {
    /// The answer.
    pub is: T,
    /// The release that was seen to answer so, by decoding the same bytes in it; `None` where that is said of it and was not tried again.
    pub seen_in: Option<&'static str>,
}

impl<T> Entry<T> {
    /// An answer that a release was seen to give.
    pub(super) const fn seen(is: T, version: &'static str) -> Self {
        Self {
            is,
            seen_in: Some(version),
        }
    }
}

/// What one implementation does, question by question.
#[derive(Clone, Copy, Debug)]
pub struct Answers {
    /// A field's wire type is not the one that the schema declares. Packed bytes for a singular number are such a case.
    pub wire_type: Entry<WireTypeDiffers>,
    /// The value of a map has another wire type in an entry than the schema declares.
    pub entry_wire_type: Entry<EntryWireType>,
    /// An entry of a map to messages has no value: prost leaves an empty one out.
    pub entry_without_message: Entry<EntryMessage>,
    /// An integer is out of the range of the declared 32-bit type.
    pub integer: Entry<OutOfRange>,
    /// What ends inside the last thing that it holds.
    pub overrun: Entry<Overrun>,
    /// Which bits of a varint make a `bool` true.
    pub boolean: Entry<BoolBits>,
    /// The same, of a key or a value of a map.
    pub boolean_in_map: Entry<BoolBits>,
    /// A singular message is given twice.
    pub again: Entry<Again>,
    /// A message in a oneof is given twice.
    pub again_in_oneof: Entry<Again>,
    /// Two members of one oneof are given.
    pub two_members: Entry<Members>,
    /// A field that the schema does not have, when the message is written again.
    pub unknown: Entry<UnknownFields>,
    /// The same, of a group.
    pub unknown_group: Entry<UnknownFields>,
    /// A group that the schema has.
    pub groups: Entry<Groups>,
    /// A `required` field is absent.
    pub required: Entry<MissingRequired>,
    /// A singular closed enum reads a number that it does not list. One that is `required` is absent then.
    pub closed_singular: Entry<UnknownNumber>,
    /// A list of a closed enum holds a number that it does not list.
    pub closed_repeated: Entry<UnknownNumber>,
    /// A member of a oneof, a closed enum, reads a number that it does not list.
    pub closed_in_oneof: Entry<UnknownNumber>,
    /// The value of a map, a closed enum, reads a number that it does not list.
    pub closed_map: Entry<UnknownNumber>,
    /// What makes an enum closed.
    pub closed_by: Entry<ClosedBy>,
    /// A field has the number 0, as what was misread before it may seem to have.
    pub number_zero: Entry<NumberZero>,
    /// A `string` of a schema that asks for UTF-8 is not UTF-8.
    pub verified_text: Entry<BadText>,
    /// A `string` of a schema that does not ask for UTF-8 (proto2, `utf8_validation = NONE`) is not UTF-8.
    pub other_text: Entry<BadText>,
    /// The same, of a key or a value of a map.
    pub other_text_in_map: Entry<BadText>,
    /// How many messages may nest in each other, the outermost not counted; `None` where nothing but memory limits it.
    pub recursion: Entry<Option<u32>>,
    /// Whether extensions of a message are read.
    pub extensions: Entry<Extensions>,
}

/// A field's wire type is not the one that the schema declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireTypeDiffers {
    /// The whole message is refused.
    Refuse,
    /// The field is skipped as one that the schema does not have.
    Skip,
    /// The bytes are read as the declared type all the same, and what follows with them.
    ReadAnyway,
}

/// An integer is out of the range of the declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutOfRange {
    /// Its low bits are taken, as a cast in C++ does.
    Cast,
    /// The whole message is refused.
    Refuse,
    /// As cast, but what is longer than five bytes is taken for ten: what follows is swallowed or misread.
    Misaligned,
}

/// The value, or the key, of a map has another wire type in an entry than the schema declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryWireType {
    /// The whole message is refused.
    Refuse,
    /// The entry is there, with a default in its place.
    Default,
    /// The entry is not there: it is kept as a field that the schema does not have.
    NoEntry,
    /// The bytes are read as the declared type all the same, and what follows with them.
    ReadAnyway,
}

/// An entry of a map to messages has no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EntryMessage {
    /// The message is empty.
    Empty,
    /// There is a null in its place, which a program will not expect.
    Null,
}

/// Two members of one oneof are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Members {
    /// Only the last is set.
    Last,
    /// Both are.
    Both,
}

/// A group that the schema has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Groups {
    /// It is read.
    Read,
    /// It is skipped, and lost when the message is written again.
    Skip,
    /// The whole message is refused.
    Refuse,
    /// No code can be generated for such a schema.
    NoCode,
}

/// A length ends inside the last thing that it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overrun {
    /// The whole message is refused.
    Refuse,
    /// A packed list reads on into what follows it; an entry of a map does so, and what follows is read again.
    Lists,
    /// A packed list, an entry and a nested message read on into what follows them.
    Messages,
}

/// Which bits of a varint make a `bool` true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoolBits {
    /// All 64.
    All,
    /// The low 32: 2^32 is false.
    Low32,
}

/// A singular message is given twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// The second is merged into the first.
    Merge,
    /// The second replaces the first.
    LastWins,
}

/// A field that the schema does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownFields {
    /// Kept, and written again.
    Kept,
    /// Dropped.
    Dropped,
}

/// A `required` field is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingRequired {
    /// The whole message is refused.
    Refuse,
    /// Read as any absent field.
    Accept,
}

/// A closed enum reads a number that it does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownNumber {
    /// The field is as if it had not been sent; in a map the whole entry is.
    Unset,
    /// The field holds the number, as an open enum would.
    Held,
    /// The whole message is refused.
    Refuse,
}

/// What makes an enum closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClosedBy {
    /// The declaration of the enum.
    Enum,
    /// The file of the field too: a field of a proto2 file is closed whatever its enum is.
    Field,
    /// Nothing needs to: every enum is closed.
    Always,
}

/// A field has the number 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberZero {
    /// The whole message is refused.
    Refuse,
    /// The field is skipped as one that the schema does not have.
    Skip,
}

/// A `string` is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadText {
    /// The whole message is refused.
    Refuse,
    /// The bytes are kept as they are.
    Raw,
    /// What is not UTF-8 reads as U+FFFD.
    Replace,
}

/// Whether extensions of a message are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extensions {
    /// Where the program registers them.
    Registered,
    /// Never: an extension is a field that the schema does not have.
    Never,
}
