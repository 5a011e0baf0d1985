//! What a field that is not set reads as, on both sides.

use protoskew_schema::{Cardinality, Field, FieldType, Name, Presence, Scalar};

use crate::change::ChangeKind;
use crate::indexed::Indexed;

/// Whether what absence reads as is asked of the two fields themselves.
pub(crate) fn are_compared(before: &Field, after: &Field) -> bool {
    let both = [before, after];
    let singular = |field: &Field| field.cardinality == Cardinality::Singular;
    let given = is_given(before, after);
    // whoever reads a oneof asks first what is set; who had a default of the field's own read that
    let asked_first = match both.map(|field| field.oneof.is_some()) {
        [true, true] => true,
        [false, false] => false,
        _ => !given,
    };
    // two enums without a default of the field's own: their zeros are the enums' affair
    let enums = both.map(is_enum);
    both.into_iter().all(singular) && !asked_first && (given || enums[0] != enums[1])
}

fn is_given(before: &Field, after: &Field) -> bool {
    before.default.is_some() || after.default.is_some()
}

pub(crate) fn is_enum(field: &Field) -> bool {
    matches!(field.ty, FieldType::Enum(_))
}

/// What absence reads as, where the two sides differ in it.
pub(crate) fn change(
    sides: (&Indexed, &Indexed),
    before: &Field,
    after: &Field,
) -> Option<ChangeKind> {
    if !are_compared(before, after) {
        return None;
    }
    let (old, new) = (default_of(before, sides.0), default_of(after, sides.1));
    let given = is_given(before, after);
    // where neither side gives one, the numbers say what changed
    let shown = |field: &Field, value: &Option<Name>| {
        if given {
            field.default_text().cloned()
        } else {
            value.clone()
        }
    };
    let number = |value: &Option<Name>| match value.as_deref() {
        Some("false") => Some("0".to_owned()),
        Some("true") => Some("1".to_owned()),
        other => other.map(str::to_owned),
    };
    let is_bool = |field: &Field| field.ty == FieldType::Scalar(Scalar::Bool);
    let differ = if is_bool(before) != is_bool(after) {
        number(&old) != number(&new)
    } else {
        old != new
    };
    differ.then(|| ChangeKind::FieldDefaultChanged {
        old: shown(before, &old),
        new: shown(after, &new),
        // an implicit zero is not sent, so even a value that was set is read as the other side's default
        implicit: before.presence == Presence::Implicit || after.presence == Presence::Implicit,
    })
}

/// The value of an absent field, as text by which two sides are compared: an enum's value is its number.
fn default_of(field: &Field, side: &Indexed) -> Option<Name> {
    match &field.ty {
        FieldType::Enum(target) => {
            let each = side.enumeration(target.id);
            let number = match field.default_text() {
                Some(name) => each.values.iter().find(|value| value.name == *name)?.number,
                None if each.closed => each.values.first()?.number,
                None => 0,
            };
            Some(number.to_string().into())
        }
        FieldType::Scalar(scalar) => {
            let zero = match scalar {
                Scalar::String | Scalar::Bytes => "",
                Scalar::Bool => "false",
                _ => "0",
            };
            Some(
                field
                    .default_text()
                    .cloned()
                    .unwrap_or(Name::new_static(zero)),
            )
        }
        FieldType::Message(_) | FieldType::Unresolved(_) => None,
    }
}
