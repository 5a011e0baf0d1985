//! Looks for required fields that are absent, in the whole message, as runtimes do when all of it is decoded.

use super::Refusal;
use crate::shape::{Kind, Presence, Shapes};
use crate::value::{Content, Message, Value};

/// Refuses a message that lacks a required field at any depth.
pub(super) fn check(shapes: &Shapes, id: usize, message: &Message) -> Result<(), Refusal> {
    let Some(shape) = shapes.messages.get(id) else {
        return Ok(());
    };
    for field in &shape.fields {
        let content = message.fields.get(&field.number);
        if field.presence == Presence::Required && content.is_none() {
            return Err(Refusal::Missing {
                message: shape.name.clone(),
                name: field.name.clone(),
            });
        }
        if let (Kind::Message(inner), Some(content)) = (field.kind, content) {
            for value in values(content) {
                if let Value::Message(nested) = value {
                    check(shapes, inner, nested)?;
                }
            }
        }
    }
    Ok(())
}

fn values(content: &Content) -> Vec<&Value> {
    match content {
        Content::One(value) => vec![value],
        Content::Many(values) => values.iter().collect(),
        Content::Map(entries) => entries.values().collect(),
    }
}
