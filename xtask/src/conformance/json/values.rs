//! Messages in text format, one field each: the boundary values of every type that a model may hold.

use super::super::wire::model::{Card, Fld, Model, Ty};

/// The messages of a type: one in which nothing is set, one for each value of each field, and one for each two fields that may be
/// set together. What is required is set in all of them.
pub(super) fn messages(model: &Model, name: &str) -> Vec<String> {
    let Some(message) = model.messages.iter().find(|each| each.name == name) else {
        return Vec::new();
    };
    let fields = || message.fields.iter().enumerate();
    let first = |field: &Fld| of_field(model, field).into_iter().next();
    let complete = |set: &[usize], text: &str| {
        let rest = fields().filter(|(at, field)| field.is_required() && !set.contains(at));
        let rest: String = rest
            .filter_map(|(_, field)| Some(first(field)? + " "))
            .collect();
        rest + text
    };
    let mut all = vec![complete(&[], "")];
    for (at, field) in fields() {
        let values = of_field(model, field).into_iter();
        all.extend(values.map(|value| complete(&[at], &value)));
    }
    for (at, one) in fields() {
        for (next, other) in fields().skip(at + 1) {
            let together = one.in_oneof().is_none() || one.in_oneof() != other.in_oneof();
            if let (true, Some(one), Some(other)) = (together, first(one), first(other)) {
                all.push(complete(&[at, next], &format!("{one} {other}")));
            }
        }
    }
    all
}

fn of_field(model: &Model, field: &Fld) -> Vec<String> {
    let name = if field.is_extension() {
        format!("[t.{}]", field.name)
    } else {
        field.name.clone()
    };
    let values = values(model, &field.ty);
    let set = |value: &String| match field.ty {
        Ty::Message(_) => format!("{name} {value}"),
        _ => format!("{name}: {value}"),
    };
    match field.card {
        Card::Singular => values.iter().map(set).collect(),
        Card::Repeated => {
            let single = values.iter().map(set);
            let pair = values.iter().take(2).map(set);
            let pair = pair.collect::<Vec<String>>().join(" ");
            single.chain([pair]).collect()
        }
        Card::Map(key) => {
            let entry = |(key, value): (&str, &String)| match field.ty {
                Ty::Message(_) => format!("{name} {{ key: {key} value {value} }}"),
                _ => format!("{name} {{ key: {key} value: {value} }}"),
            };
            let keys = scalars(key);
            let first = keys.first().copied().unwrap_or_default();
            let by_value = values.iter().map(|value| entry((first, value)));
            let by_key = keys
                .iter()
                .flat_map(|key| values.first().map(|value| entry((key, value))));
            by_value.chain(by_key).collect()
        }
    }
}

fn values(model: &Model, ty: &Ty) -> Vec<String> {
    let owned = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
    match ty {
        Ty::Scalar(keyword) => owned(scalars(keyword)),
        Ty::Enum(name) => {
            let Some(each) = model.enums.iter().find(|each| each.name == *name) else {
                return Vec::new();
            };
            let mut values: Vec<String> =
                each.values.iter().map(|(name, _)| name.clone()).collect();
            if !each.closed {
                values.push("77".to_owned());
            }
            values
        }
        Ty::Message(name) => match name.as_str() {
            "Other" => owned(&["{ x: 1 }", "{ y: 4294967295 }", "{}"]),
            "Wide" => owned(&["{ x: 1 }", "{ y: \"a\" }", "{ z: true }", "{}"]),
            _ => owned(&["{ x: 1 }", "{ y: \"a\" }", "{}"]),
        },
    }
}

/// Values of a scalar type, a plain one first.
fn scalars(keyword: &str) -> &'static [&'static str] {
    match keyword {
        "double" => &[
            "1",
            "1.5",
            "-1",
            "5",
            "1e300",
            "4294967296",
            "9007199254740994",
            "inf",
            "-inf",
            "nan",
        ],
        "float" => &["1", "1.5", "-1", "5", "1e30", "4294967296", "inf", "nan"],
        "int32" | "sint32" | "sfixed32" => {
            &["1", "0", "-1", "5", "77", "2147483647", "-2147483648"]
        }
        "uint32" | "fixed32" => &["1", "0", "5", "77", "4294967295"],
        "int64" | "sint64" | "sfixed64" => &[
            "1",
            "0",
            "-1",
            "5",
            "2147483648",
            "9007199254740993",
            "9223372036854775807",
            "-9223372036854775808",
        ],
        "uint64" | "fixed64" => &[
            "1",
            "0",
            "5",
            "4294967296",
            "9007199254740993",
            "18446744073709551615",
        ],
        "bool" => &["true", "false"],
        // the second is `1234` in base64: a number to who reads one
        "bytes" => &[
            "\"a\"",
            "\"\\327m\\370\"",
            "\"\\377\"",
            "\"\"",
            "\"i\\267\\035y\"",
        ],
        _ => &[
            "\"a\"",
            "\"1\"",
            "\"\"",
            "\"YQ==\"",
            "\"true\"",
            "\"E1_VAL_1\"",
            "\"\\303\\251\"",
        ],
    }
}
