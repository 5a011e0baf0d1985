//! Steps of evolution: what people do to a schema from one release to the next, the bad ones too.

use super::model::{Card, Fld, KEYS, Model, Presence, Ty};
use super::random::Random;

/// One step on a copy of the schema. Steps that find nothing to do leave it as it is.
pub(super) fn step(model: &Model, random: &mut Random) -> Model {
    let mut next = model.clone();
    let Some(at) = next.messages.iter().position(|message| message.evolves) else {
        return next;
    };
    let fields = next.messages[at].fields.len();
    let which = random.below(fields);
    let free = 1 + next.messages[at]
        .fields
        .iter()
        .map(|it| it.number)
        .max()
        .unwrap_or(0);
    let (ty, fresh) = (model.ty(random), model.field(random, free));
    let field = next.messages[at].fields.get_mut(which);
    match random.below(27) {
        0 => next.messages[at].fields.push(fresh),
        1 if fields > 1 => {
            next.messages[at].fields.remove(which);
        }
        2 => with(field, |field| field.number = free),
        3 => with(field, |field| field.name.push_str("_renamed")),
        4..=7 => with(field, |field| field.ty = ty),
        8 => with(field, |field| {
            field.card = match (field.card, random.below(3)) {
                (Card::Singular, 0) | (Card::Map(_), 0) => Card::Repeated,
                (Card::Repeated, 0 | 1) | (Card::Map(_), 1) => Card::Singular,
                (_, _) => Card::Map(random.pick(&KEYS)),
            };
        }),
        9 => with(field, |field| {
            field.presence =
                random.pick(&[Presence::Implicit, Presence::Explicit, Presence::Required]);
        }),
        10 => with(field, |field| field.has_default = !field.has_default),
        11 => with(field, |field| {
            field.oneof = match field.oneof {
                None => Some(random.pick(&['o', 'p', 'q'])),
                Some(_) if random.once_in(2) => None,
                Some(_) => Some(random.pick(&['o', 'p', 'q'])),
            };
        }),
        12 => {
            // a new member of a oneof that is there
            let oneof = next.messages[at].fields.iter().find_map(Fld::in_oneof);
            let mut member = Fld::new(&fresh.name, free, fresh.ty.clone());
            member.oneof = oneof;
            next.messages[at].fields.push(member);
        }
        13 => with(field, |field| field.expanded = !field.expanded),
        14 => with(field, |field| field.delimited = !field.delimited),
        15 => with(field, |field| field.unverified = !field.unverified),
        16 => {
            // the number goes to another field, of another name
            if fields > 1 {
                let number = next.messages[at].fields.remove(which).number;
                let mut other = model.field(random, number);
                other.name = format!("reused{number}");
                next.messages[at].fields.push(other);
            }
        }
        23 => {
            // a field moves on, and a new one takes its number: of bytes often a text
            if let Some(field) = field {
                let number = std::mem::replace(&mut field.number, free);
                let was_bytes = field.ty == Ty::Scalar("bytes");
                let mut taker = model.field(random, number);
                // the next one that takes the number may not have the same name
                taker.name = format!("taker{free}");
                if was_bytes && random.once_in(2) {
                    taker = Fld::new(&taker.name, number, Ty::Scalar("string"));
                }
                next.messages[at].fields.push(taker);
            }
        }
        17 | 21 | 22 => {
            // two fields trade places
            let other = random.below(fields);
            let fields = &mut next.messages[at].fields;
            let numbers = (fields[which].number, fields[other].number);
            fields[which].number = numbers.1;
            fields[other].number = numbers.0;
        }
        18 => with(field, |field| {
            if let Ty::Message(name) = &mut field.ty {
                let others: Vec<&str> = ["Leaf", "Twin", "Wide"]
                    .into_iter()
                    .filter(|other| name != other)
                    .collect();
                *name = random.pick(&others).to_owned();
            }
        }),
        19 | 20 => with(field, |field| field.extension = !field.extension),
        _ => enumeration(&mut next, random),
    }
    next
}

fn with(field: Option<&mut Fld>, change: impl FnOnce(&mut Fld)) {
    if let Some(field) = field {
        change(field);
    }
}

fn enumeration(model: &mut Model, random: &mut Random) {
    let in_map = model
        .messages
        .iter()
        .any(|message| message.name == "Holder2");
    let each = &mut model.enums[0];
    let most = each.values.iter().map(|(_, number)| *number).max();
    let free = most.unwrap_or(0) + 1;
    let which = 1 + random.below(each.values.len().saturating_sub(1));
    match random.below(7) {
        0 => each.values.push((format!("E0_N{free}"), free)),
        1 if which < each.values.len() && each.values.len() > 2 => {
            each.values.remove(which);
        }
        2 if which < each.values.len() => each.values[which].1 = free,
        3 if which < each.values.len() => each.values[which].0.push_str("_RENAMED"),
        4 if which < each.values.len() && each.closed && !in_map => each.values.swap(0, which),
        5 if which + 1 < each.values.len() => {
            let numbers = (each.values[which].1, each.values[which + 1].1);
            each.values[which].1 = numbers.1;
            each.values[which + 1].1 = numbers.0;
        }
        _ => {
            let zero_first = each.values.first().is_some_and(|(_, number)| *number == 0);
            if zero_first {
                each.closed = !each.closed;
            }
        }
    }
}
