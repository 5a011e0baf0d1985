//! Makes a pair that does not hold as small as it gets: steps are taken back, then fields, options and values left out, one at a time,
//! as long as what is told and what is shown still disagree.

use super::model::{Card, Enm, Fld, Model, Msg, Presence, Ty};
use super::property::{Broken, Pair, check_pair};

/// How many smaller pairs are tried at the most.
const MOST_TRIES: usize = 5_000;

/// The smallest pair that was found to fail in the same way, and how it fails.
pub(super) fn shrink(pair: Pair, broken: Broken) -> (Pair, Broken) {
    let (mut pair, mut broken) = (pair, broken);
    let mut tries = 0;
    'again: loop {
        for smaller in smaller(&pair) {
            tries += 1;
            if tries > MOST_TRIES {
                return (pair, broken);
            }
            if let Err(found) = check_pair(&smaller)
                && found.fails_as(&broken)
            {
                (pair, broken) = (smaller, found);
                continue 'again;
            }
        }
        return (pair, broken);
    }
}

/// Pairs that are a little smaller, the greatest steps first.
fn smaller(pair: &Pair) -> Vec<Pair> {
    let mut found = Vec::new();
    let mut add = |old: Model, new: Model| {
        let smaller = Pair { old, new };
        if smaller != *pair && smaller.old != smaller.new {
            found.push(smaller);
        }
    };
    let both = [&pair.old, &pair.new];
    // whole messages
    for message in &pair.old.messages {
        let [old, new] = both.map(|side| without_message(side, &message.name));
        add(old, new);
    }
    // a step taken back: the newer side's part becomes the older one's
    for (at, message) in pair.old.messages.iter().enumerate() {
        if pair.new.messages.get(at) != Some(message) {
            let mut new = pair.new.clone();
            if let Some(slot) = new.messages.get_mut(at) {
                *slot = message.clone();
            }
            add(pair.old.clone(), new);
        }
    }
    for (at, each) in pair.old.enums.iter().enumerate() {
        let mut new = pair.new.clone();
        new.enums[at] = each.clone();
        add(pair.old.clone(), new);
    }
    let numbers = |side: &Model| -> Vec<(String, u32)> {
        let all = side.messages.iter().flat_map(|message| {
            let fields = message.fields.iter();
            fields.map(|field| (message.name.clone(), field.number))
        });
        // a message without fields is another kind of message
        all.filter(|(message, _)| message == "M").collect()
    };
    let mut fields = numbers(&pair.old);
    fields.extend(numbers(&pair.new));
    fields.sort();
    fields.dedup();
    for (message, number) in &fields {
        let [old, new] = both.map(|side| without_field(side, message, *number));
        add(old.clone(), new.clone());
        add(old, pair.new.clone());
        add(pair.old.clone(), new);
    }
    for (message, number) in &fields {
        for change in SIMPLER {
            let [old, new] = both.map(|side| with_field(side, message, *number, change));
            add(old.clone(), new.clone());
            add(old, pair.new.clone());
            add(pair.old.clone(), new);
        }
    }
    for (at, each) in pair.old.enums.iter().enumerate() {
        for value in 0..each.values.len() {
            let [old, new] = both.map(|side| {
                with_enum(side, at, &|it| {
                    if it.values.len() > 1 && value < it.values.len() {
                        it.values.remove(value);
                    }
                })
            });
            add(old, new);
        }
        let [old, new] = both.map(|side| with_enum(side, at, &|it| it.closed = false));
        add(old, new);
    }
    let [old, new] = both.map(|side| Model {
        proto2: false,
        ..side.clone()
    });
    add(old, new);
    found
}

/// What makes a field simpler.
const SIMPLER: [fn(&mut Fld); 10] = [
    |field| field.card = Card::Singular,
    |field| field.presence = Presence::Explicit,
    |field| field.oneof = None,
    |field| field.has_default = false,
    |field| field.expanded = false,
    |field| field.delimited = false,
    |field| field.unverified = false,
    |field| field.extension = false,
    |field| field.ty = Ty::Scalar("int32"),
    |field| field.name = format!("f{}", field.number),
];

fn without_message(model: &Model, name: &str) -> Model {
    let mut model = model.clone();
    let named = |ty: &Ty| matches!(ty, Ty::Message(it) if it == name);
    let is_held = |message: &Msg| message.fields.iter().any(|field| named(&field.ty));
    if !model.messages.iter().any(is_held) {
        model.messages.retain(|message| message.name != name);
    }
    model
}

fn without_field(model: &Model, message: &str, number: u32) -> Model {
    let mut model = model.clone();
    for it in model.messages.iter_mut().filter(|it| it.name == message) {
        it.fields.retain(|field| field.number != number);
    }
    model
}

fn with_field(model: &Model, message: &str, number: u32, change: fn(&mut Fld)) -> Model {
    let mut model = model.clone();
    let messages = model.messages.iter_mut().filter(|it| it.name == message);
    for field in messages.flat_map(|it| &mut it.fields) {
        if field.number == number {
            change(field);
        }
    }
    model
}

fn with_enum(model: &Model, at: usize, change: &dyn Fn(&mut Enm)) -> Model {
    let mut model = model.clone();
    if let Some(each) = model.enums.get_mut(at) {
        change(each);
    }
    model
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A pair of many fields, one of which changed, comes down to that field.
    #[test]
    fn what_does_not_matter_goes() {
        let base = Pair::of(1).old;
        let mut old = base.clone();
        let mut new = base;
        let at = old.messages.iter().position(|it| it.evolves).expect("M");
        let [before, after] = ["int32", "sint32"].map(|ty| Fld::new("odd", 90, Ty::Scalar(ty)));
        old.messages[at].fields.push(before);
        new.messages[at].fields.push(after);
        // a failure of the test's own making: the number 90 is there on both sides, with two types
        let fails = |pair: &Pair| {
            let types = [&pair.old, &pair.new].map(|side| {
                let mut fields = side.messages.iter().flat_map(|it| &it.fields);
                fields
                    .find(|field| field.number == 90)
                    .map(|field| field.ty.clone())
            });
            matches!(&types, [Some(a), Some(b)] if a != b)
        };
        let mut pair = Pair { old, new };
        while let Some(smaller) = smaller(&pair).into_iter().find(fails) {
            pair = smaller;
        }
        assert_eq!(pair.old.messages.len(), 1, "{:?}", pair.old);
        assert_eq!(pair.old.messages[0].fields.len(), 1);
        assert!(fails(&pair));
    }
}
