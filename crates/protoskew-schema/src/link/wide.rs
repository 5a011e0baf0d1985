//! Messages with so many fields that looking through them for each question would add up.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::{Field, Message, MessageId, Name, Schema};

/// With no more fields or oneofs than this, looking through them is as fast.
const MANY: usize = 64;

/// The wide messages of a schema; made when one is first asked about.
pub(crate) type WideMessages = OnceLock<FxHashMap<MessageId, Wide>>;

/// The places of a wide message's fields, and the names of its oneofs. The first of a name or number counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wide {
    by_name: FxHashMap<Name, u32>,
    by_number: FxHashMap<u32, u32>,
    oneofs: FxHashSet<Name>,
}

fn is_wide(message: &Message) -> bool {
    message.fields.len().max(message.oneofs.len()) > MANY
}

/// What is known of a message of this schema, if it is wide. Names and numbers are not to change after the first question.
fn wide<'s>(schema: &'s Schema, message: &Message) -> Option<&'s Wide> {
    if !is_wide(message) {
        return None;
    }
    let all = schema.index.wide.get_or_init(|| {
        let wide = schema.messages.iter().zip(0..);
        let wide = wide.filter(|(message, _)| is_wide(message));
        wide.map(|(message, id)| (id, Wide::of(message))).collect()
    });
    // a second message of that name in its file is in no index, and looked through
    let mut ids = schema.index.messages(&message.name);
    let id = ids.find(|&id| std::ptr::eq(&schema.messages[id as usize], message))?;
    all.get(&id)
}

impl Wide {
    fn of(message: &Message) -> Self {
        let mut wide = Self::default();
        for (field, at) in message.fields.iter().zip(0..) {
            wide.by_name.entry(field.name.clone()).or_insert(at);
            wide.by_number.entry(field.number).or_insert(at);
        }
        let oneofs = message.oneofs.iter();
        wide.oneofs.extend(oneofs.map(|oneof| oneof.name.clone()));
        wide
    }
}

/// The field of that name.
pub(crate) fn named<'m>(schema: &Schema, message: &'m Message, name: &str) -> Option<&'m Field> {
    match wide(schema, message) {
        Some(wide) => wide
            .by_name
            .get(name)
            .map(|&at| &message.fields[at as usize]),
        None => message.fields.iter().find(|field| field.name == name),
    }
}

/// The field of that number.
pub(crate) fn numbered<'m>(
    schema: &Schema,
    message: &'m Message,
    number: u32,
) -> Option<&'m Field> {
    match wide(schema, message) {
        Some(wide) => {
            let at = wide.by_number.get(&number);
            at.map(|&at| &message.fields[at as usize])
        }
        None => message.fields.iter().find(|field| field.number == number),
    }
}

/// Whether it has a oneof of that name.
pub(crate) fn has_oneof(schema: &Schema, message: &Message, name: &str) -> bool {
    match wide(schema, message) {
        Some(wide) => wide.oneofs.contains(name),
        None => message.oneofs.iter().any(|oneof| oneof.name == name),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::{MANY, has_oneof, named, numbered};
    use crate::{Input, OptionData, Role, Schema, link, parse};

    fn linked(text: String) -> Schema {
        let input = Input {
            path: "a.proto".into(),
            role: Role::Judged,
            parsed: Arc::new(parse(text.into_bytes().into())),
        };
        link(vec![input], &[])
    }

    /// `message M` with that many fields, every third of them in a oneof of its own, and the first name and number once more at the end.
    fn message(fields: usize) -> String {
        let mut text = "syntax = \"proto3\"; message M {".to_owned();
        for at in 1..=fields {
            text += &match at % 3 {
                0 => format!("oneof o{at} {{ int32 f{at} = {at}; }}"),
                _ => format!("int32 f{at} = {at};"),
            };
        }
        text + "string f1 = 1; }"
    }

    #[test]
    fn wide_messages_answer_as_narrow_ones_do() {
        for fields in [MANY - 2, MANY, 4 * MANY] {
            let declared = format!("{} message M {{ int32 f2 = 7; }}", message(fields));
            let schema = linked(declared);
            let [first, second] = &schema.messages[..] else {
                panic!("two messages of one name: {:?}", schema.messages.len());
            };
            assert_eq!(first.fields.len(), fields + 1);
            for at in 1..=fields {
                let name = format!("f{at}");
                let by_name = named(&schema, first, &name).expect("it has the name");
                let by_number = numbered(&schema, first, at as u32).expect("it has the number");
                assert!(std::ptr::eq(by_name, &first.fields[at - 1]), "{name}");
                assert!(std::ptr::eq(by_number, &first.fields[at - 1]), "{at}");
                assert_eq!(has_oneof(&schema, first, &format!("o{at}")), at % 3 == 0);
            }
            assert!(named(&schema, first, "f").is_none());
            assert!(numbered(&schema, first, fields as u32 + 1).is_none());
            assert_eq!(named(&schema, second, "f2").map(|it| it.number), Some(7));
            assert!(named(&schema, second, "f3").is_none());
        }
    }
    /// An options message of that many fields, all of which one message sets by name.
    fn options(fields: usize) -> String {
        let mut declared = String::new();
        let mut set = String::new();
        for at in 1..=fields {
            declared += &format!("optional int32 f{at} = {at};\n");
            set += &format!("option (o).f{at} = {at};\n");
        }
        format!(
            "import \"google/protobuf/descriptor.proto\"; message O {{ {declared} }}
             extend google.protobuf.MessageOptions {{ optional O o = 50000; }} message M {{ {set} }}"
        )
    }

    #[test]
    fn options_of_a_wide_message_are_found_without_looking_through_it() {
        for (fields, is_wide) in [(MANY, false), (8 * MANY, true)] {
            let schema = linked(options(fields));
            assert_eq!(schema.diagnostics, []);
            let set = schema.messages[1].options.tree();
            let Some(OptionData::Message(parts)) = set.get("(o)") else {
                panic!("a message is set: {set}");
            };
            assert_eq!(parts.fields.len(), fields);
            // `FileOptions` and the like are narrow
            assert_eq!(schema.index.wide.get().is_some(), is_wide, "{fields}");
        }
    }
}
