//! What parsers of ProtoJSON do where they differ: seven implementations, asked as `tests/runtimes/seen-json.txt` has it.

use super::Runtime;
use super::answers::{Entry, UnknownNumber};

/// What the parser of one implementation does, question by question.
///
/// In all that were asked: an unknown field is refused, or ignored by a lenient parser; an integer out of its range, a `bool` for a
/// number and an `Any` of an unknown message are refused; base64 of either alphabet is taken, padded or not; a name is matched by case.
#[derive(Clone, Copy, Debug)]
pub struct JsonAnswers {
    /// An enum reads a name that it does not list, in a parser that ignores unknown fields; a strict one refuses it.
    pub unknown_name: Entry<UnknownName>,
    /// A closed enum reads a number that it does not list.
    pub closed_number: Entry<UnknownNumber>,
    /// The same, in a parser that ignores unknown fields.
    pub closed_number_lenient: Entry<UnknownNumber>,
    /// One value where the schema has a list.
    pub one_for_list: Entry<Taken>,
    /// A list of one where the schema has one value.
    pub list_for_one: Entry<Taken>,
    /// A number where the schema has text.
    pub number_for_text: Entry<Taken>,
    /// `"true"` where the schema has a `bool`.
    pub text_for_bool: Entry<Taken>,
    /// `"1"` where the schema has an enum.
    pub text_for_enum_number: Entry<Taken>,
    /// `1.0` where the schema has an integer.
    pub whole_float: Entry<Taken>,
    /// `null` where the schema has a number, a message or an enum: taken for an absent field.
    pub null: Entry<Taken>,
    /// `null` as an element of a list: left out.
    pub null_in_list: Entry<Taken>,
    /// A name twice in one object: the last counts.
    pub name_twice: Entry<Taken>,
    /// A field by its name in the schema and by its name in JSON: the last counts.
    pub both_names: Entry<Taken>,
    /// A 64-bit integer beyond 2^53 as a number, not in quotes.
    pub big_number: Entry<BigNumber>,
}

/// An enum reads a name that it does not list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnknownName {
    /// The field is as if it had not been sent.
    Unset,
    /// The whole message is refused.
    Refuse,
}

/// What ProtoJSON does not write, and some parsers take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is taken.
    Yes,
    /// The whole message is refused.
    Refuse,
}

/// A 64-bit integer beyond 2^53 as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BigNumber {
    /// It arrives.
    Exact,
    /// It passes through a double, and another number arrives.
    Rounded,
}

impl Runtime {
    /// What its parser of ProtoJSON does; `None` where it has none, or none that was asked.
    pub const fn json(self) -> Option<&'static JsonAnswers> {
        match self {
            Runtime::Cpp => Some(&CPP),
            Runtime::Java => Some(&JAVA),
            Runtime::Upb => Some(&UPB),
            Runtime::Go => Some(&GO),
            Runtime::RustProtobuf3 => Some(&RUST_PROTOBUF_3),
            Runtime::Buffa => Some(&BUFFA),
            Runtime::ProtobufEs => Some(&PROTOBUF_ES),
            _ => None,
        }
    }
}

const CPP: JsonAnswers = JsonAnswers {
    unknown_name: Entry::seen(UnknownName::Unset, "3.21.12"),
    closed_number: Entry::seen(UnknownNumber::Unset, "3.21.12"),
    closed_number_lenient: Entry::seen(UnknownNumber::Unset, "3.21.12"),
    one_for_list: Entry::seen(Taken::Yes, "3.21.12"),
    list_for_one: Entry::seen(Taken::Refuse, "3.21.12"),
    number_for_text: Entry::seen(Taken::Refuse, "3.21.12"),
    text_for_bool: Entry::seen(Taken::Yes, "3.21.12"),
    text_for_enum_number: Entry::seen(Taken::Yes, "3.21.12"),
    whole_float: Entry::seen(Taken::Yes, "3.21.12"),
    null: Entry::seen(Taken::Yes, "3.21.12"),
    null_in_list: Entry::seen(Taken::Yes, "3.21.12"),
    name_twice: Entry::seen(Taken::Yes, "3.21.12"),
    both_names: Entry::seen(Taken::Yes, "3.21.12"),
    big_number: Entry::seen(BigNumber::Exact, "3.21.12"),
};

const JAVA: JsonAnswers = JsonAnswers {
    unknown_name: Entry::seen(UnknownName::Unset, "3.21.12"),
    closed_number: Entry::seen(UnknownNumber::Refuse, "3.21.12"),
    closed_number_lenient: Entry::seen(UnknownNumber::Unset, "3.21.12"),
    one_for_list: Entry::seen(Taken::Refuse, "3.21.12"),
    list_for_one: Entry::seen(Taken::Yes, "3.21.12"),
    number_for_text: Entry::seen(Taken::Yes, "3.21.12"),
    text_for_bool: Entry::seen(Taken::Yes, "3.21.12"),
    text_for_enum_number: Entry::seen(Taken::Yes, "3.21.12"),
    whole_float: Entry::seen(Taken::Yes, "3.21.12"),
    null: Entry::seen(Taken::Yes, "3.21.12"),
    null_in_list: Entry::seen(Taken::Refuse, "3.21.12"),
    name_twice: Entry::seen(Taken::Yes, "3.21.12"),
    both_names: Entry::seen(Taken::Refuse, "3.21.12"),
    big_number: Entry::seen(BigNumber::Exact, "3.21.12"),
};

const UPB: JsonAnswers = JsonAnswers {
    unknown_name: Entry::seen(UnknownName::Unset, "7.36.2"),
    closed_number: Entry::seen(UnknownNumber::Refuse, "7.36.2"),
    closed_number_lenient: Entry::seen(UnknownNumber::Refuse, "7.36.2"),
    one_for_list: Entry::seen(Taken::Refuse, "7.36.2"),
    list_for_one: Entry::seen(Taken::Refuse, "7.36.2"),
    number_for_text: Entry::seen(Taken::Refuse, "7.36.2"),
    text_for_bool: Entry::seen(Taken::Refuse, "7.36.2"),
    text_for_enum_number: Entry::seen(Taken::Yes, "7.36.2"),
    whole_float: Entry::seen(Taken::Yes, "7.36.2"),
    null: Entry::seen(Taken::Yes, "7.36.2"),
    null_in_list: Entry::seen(Taken::Refuse, "7.36.2"),
    name_twice: Entry::seen(Taken::Refuse, "7.36.2"),
    both_names: Entry::seen(Taken::Yes, "7.36.2"),
    big_number: Entry::seen(BigNumber::Exact, "7.36.2"),
};

const GO: JsonAnswers = JsonAnswers {
    unknown_name: Entry::seen(UnknownName::Refuse, "1.28.1"),
    closed_number: Entry::seen(UnknownNumber::Held, "1.28.1"),
    closed_number_lenient: Entry::seen(UnknownNumber::Held, "1.28.1"),
    one_for_list: Entry::seen(Taken::Refuse, "1.28.1"),
    list_for_one: Entry::seen(Taken::Refuse, "1.28.1"),
    number_for_text: Entry::seen(Taken::Refuse, "1.28.1"),
    text_for_bool: Entry::seen(Taken::Refuse, "1.28.1"),
    text_for_enum_number: Entry::seen(Taken::Refuse, "1.28.1"),
    whole_float: Entry::seen(Taken::Yes, "1.28.1"),
    null: Entry::seen(Taken::Yes, "1.28.1"),
    null_in_list: Entry::seen(Taken::Refuse, "1.28.1"),
    name_twice: Entry::seen(Taken::Refuse, "1.28.1"),
    both_names: Entry::seen(Taken::Refuse, "1.28.1"),
    big_number: Entry::seen(BigNumber::Exact, "1.28.1"),
};

const RUST_PROTOBUF_3: JsonAnswers = JsonAnswers {
    unknown_name: Entry::seen(UnknownName::Refuse, "3.7.2"),
    closed_number: Entry::seen(UnknownNumber::Held, "3.7.2"),
    closed_number_lenient: Entry::seen(UnknownNumber::Held, "3.7.2"),
    one_for_list: Entry::seen(Taken::Refuse, "3.7.2"),
    list_for_one: Entry::seen(Taken::Refuse, "3.7.2"),
    number_for_text: Entry::seen(Taken::Refuse, "3.7.2"),
    text_for_bool: Entry::seen(Taken::Refuse, "3.7.2"),
    text_for_enum_number: Entry::seen(Taken::Refuse, "3.7.2"),
    whole_float: Entry::seen(Taken::Refuse, "3.7.2"),
    null: Entry::seen(Taken::Refuse, "3.7.2"),
    null_in_list: Entry::seen(Taken::Refuse, "3.7.2"),
    name_twice: Entry::seen(Taken::Yes, "3.7.2"),
    both_names: Entry::seen(Taken::Yes, "3.7.2"),
    big_number: Entry::seen(BigNumber::Exact, "3.7.2"),
};

const BUFFA: JsonAnswers = JsonAnswers {
    unknown_name: Entry::seen(UnknownName::Refuse, "0.9.2"),
    closed_number: Entry::seen(UnknownNumber::Refuse, "0.9.2"),
    closed_number_lenient: Entry::seen(UnknownNumber::Refuse, "0.9.2"),
    one_for_list: Entry::seen(Taken::Refuse, "0.9.2"),
    list_for_one: Entry::seen(Taken::Refuse, "0.9.2"),
    number_for_text: Entry::seen(Taken::Refuse, "0.9.2"),
    text_for_bool: Entry::seen(Taken::Refuse, "0.9.2"),
    text_for_enum_number: Entry::seen(Taken::Refuse, "0.9.2"),
    whole_float: Entry::seen(Taken::Yes, "0.9.2"),
    null: Entry::seen(Taken::Yes, "0.9.2"),
    null_in_list: Entry::seen(Taken::Refuse, "0.9.2"),
    name_twice: Entry::seen(Taken::Refuse, "0.9.2"),
    both_names: Entry::seen(Taken::Refuse, "0.9.2"),
    big_number: Entry::seen(BigNumber::Exact, "0.9.2"),
};

const PROTOBUF_ES: JsonAnswers = JsonAnswers {
    unknown_name: Entry::seen(UnknownName::Unset, "2.17.0"),
    closed_number: Entry::seen(UnknownNumber::Refuse, "2.17.0"),
    closed_number_lenient: Entry::seen(UnknownNumber::Refuse, "2.17.0"),
    one_for_list: Entry::seen(Taken::Refuse, "2.17.0"),
    list_for_one: Entry::seen(Taken::Refuse, "2.17.0"),
    number_for_text: Entry::seen(Taken::Refuse, "2.17.0"),
    text_for_bool: Entry::seen(Taken::Refuse, "2.17.0"),
    text_for_enum_number: Entry::seen(Taken::Refuse, "2.17.0"),
    whole_float: Entry::seen(Taken::Yes, "2.17.0"),
    null: Entry::seen(Taken::Yes, "2.17.0"),
    null_in_list: Entry::seen(Taken::Refuse, "2.17.0"),
    name_twice: Entry::seen(Taken::Yes, "2.17.0"),
    both_names: Entry::seen(Taken::Refuse, "2.17.0"),
    big_number: Entry::seen(BigNumber::Rounded, "2.17.0"),
};
