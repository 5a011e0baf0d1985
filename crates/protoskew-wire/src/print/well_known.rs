//! Well-known types in ProtoJSON: those that are not written as the messages that they are.

use std::fmt::Write;

use super::json::{json, quoted, written as form};
use crate::decode::decode;
use crate::runtime::Runtime;
use crate::shape::{FieldShape, Kind, MessageShape, Shapes};
use crate::value::{Content, Message, Value};

/// The year 1 and the end of the year 9999, in seconds from 1970.
const TIMES: std::ops::RangeInclusive<i128> = -62_135_596_800..=253_402_300_799;
/// Ten thousand years, in seconds.
const LONGEST: i128 = 315_576_000_000;
/// Longer contents of an `Any` are not looked into: one may hold another, and each a little less.
const LONGEST_INSIDE: usize = 4_096;
const SECONDS_OF_A_DAY: i128 = 86_400;

/// How the message is written, where its type has a form of its own; `None` where it has not, or where this value cannot have it (a time
/// beyond the year 9999): then it is shown as the message that it is.
pub(super) fn written(shapes: &Shapes, shape: &MessageShape, message: &Message) -> Option<String> {
    let short = shape.name.strip_prefix("google.protobuf.")?;
    match short {
        "Timestamp" => timestamp(message),
        "Duration" => duration(message),
        "FieldMask" => field_mask(message),
        "Any" => any(shapes, message),
        "Struct" => match content(message, 1) {
            None => Some("{}".to_owned()),
            Some(fields) => Some(form(shapes, shape.field(1)?, fields)),
        },
        "ListValue" => match content(message, 1) {
            None => Some("[]".to_owned()),
            Some(values) => Some(form(shapes, shape.field(1)?, values)),
        },
        "Value" => {
            // one that holds nothing is written as null, too
            let mut fields = shape.fields.iter();
            let Some(field) = fields.find(|field| is_set(message, field)) else {
                return Some("null".to_owned());
            };
            if field.number == 1 {
                return Some("null".to_owned());
            }
            let text = form(shapes, field, content(message, field.number)?);
            // what is no number of JSON has no form here
            (field.number != 2 || !text.starts_with('"')).then_some(text)
        }
        "DoubleValue" | "FloatValue" | "Int64Value" | "UInt64Value" | "Int32Value"
        | "UInt32Value" | "BoolValue" | "StringValue" | "BytesValue" => {
            let field = shape.field(1)?;
            Some(match content(message, 1) {
                Some(content) => form(shapes, field, content),
                None => form(shapes, field, &Content::One(Value::absent(field, shapes))),
            })
        }
        _ => None,
    }
}

fn is_set(message: &Message, field: &FieldShape) -> bool {
    message.fields.contains_key(&field.number)
}

fn content(message: &Message, number: u32) -> Option<&Content> {
    message.fields.get(&number)
}

fn integer(message: &Message, number: u32) -> i128 {
    match content(message, number) {
        Some(Content::One(Value::Integer(number))) => *number,
        _ => 0,
    }
}

fn text(message: &Message, number: u32) -> &[u8] {
    match content(message, number) {
        Some(Content::One(Value::Text(text))) => text,
        _ => &[],
    }
}

/// `"1970-01-01T00:00:01.500Z"`.
fn timestamp(message: &Message) -> Option<String> {
    let (seconds, nanos) = (integer(message, 1), integer(message, 2));
    if !TIMES.contains(&seconds) || !(0..1_000_000_000).contains(&nanos) {
        return None;
    }
    let (days, of_day) = (
        seconds.div_euclid(SECONDS_OF_A_DAY),
        seconds.rem_euclid(SECONDS_OF_A_DAY),
    );
    let (year, month, day) = date(days);
    let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
    let fraction = fraction(nanos);
    Some(format!(
        "\"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z\""
    ))
}

/// Year, month and day of a number of days from 1970, in the Gregorian calendar: counted in eras of 400 years that begin in March.
fn date(days: i128) -> (i128, i128, i128) {
    let days = days + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i128::from(month <= 2);
    (year, month, day)
}

/// `"1.500s"`.
fn duration(message: &Message) -> Option<String> {
    let (seconds, nanos) = (integer(message, 1), integer(message, 2));
    let in_range = seconds.abs() <= LONGEST && nanos.abs() < 1_000_000_000;
    if !in_range || (seconds > 0 && nanos < 0) || (seconds < 0 && nanos > 0) {
        return None;
    }
    let sign = if seconds < 0 || nanos < 0 { "-" } else { "" };
    Some(format!(
        "\"{sign}{}{}s\"",
        seconds.abs(),
        fraction(nanos.abs())
    ))
}

/// Nanoseconds behind a point, in as many groups of three digits as it takes.
fn fraction(nanos: i128) -> String {
    match nanos {
        0 => String::new(),
        _ if nanos % 1_000_000 == 0 => format!(".{:03}", nanos / 1_000_000),
        _ if nanos % 1_000 == 0 => format!(".{:06}", nanos / 1_000),
        _ => format!(".{nanos:09}"),
    }
}

/// `"name,homeAddress.street"`.
fn field_mask(message: &Message) -> Option<String> {
    let paths = match content(message, 1) {
        Some(Content::Many(paths)) => paths.as_slice(),
        _ => &[],
    };
    let mut all = Vec::new();
    for path in paths {
        let Value::Text(path) = path else { return None };
        all.push(camel_case(std::str::from_utf8(path).ok()?)?);
    }
    let mut out = String::new();
    quoted(all.join(",").as_bytes(), &mut out);
    Some(out)
}

/// `homeAddress` for `home_address`; `None` where the way back gives another name.
fn camel_case(path: &str) -> Option<String> {
    let mut out = String::new();
    let mut letters = path.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '_' => out.push(
                letters
                    .next()
                    .filter(char::is_ascii_lowercase)?
                    .to_ascii_uppercase(),
            ),
            _ if letter.is_ascii_uppercase() => return None,
            _ => out.push(letter),
        }
    }
    Some(out)
}

/// The contents beside `@type`; `None` where nobody here knows a message of that name.
fn any(shapes: &Shapes, message: &Message) -> Option<String> {
    let url = text(message, 1);
    if url.is_empty() {
        return text(message, 2).is_empty().then(|| "{}".to_owned());
    }
    let url = std::str::from_utf8(url).ok()?;
    let name = url.rsplit('/').next()?;
    let id = shapes.messages.iter().position(|it| it.name == name)?;
    let inside = Some(text(message, 2)).filter(|bytes| bytes.len() <= LONGEST_INSIDE)?;
    let inside = decode(shapes, id, Runtime::Cpp, inside).ok()?;
    let mut out = "{\"@type\":".to_owned();
    quoted(url.as_bytes(), &mut out);
    match written(shapes, shapes.messages.get(id)?, &inside) {
        Some(value) => {
            let _ = write!(out, ",\"value\":{value}");
        }
        None => {
            let fields = json(shapes, id, &inside);
            if fields != "{}" {
                out.push(',');
            }
            out.push_str(&fields[1..fields.len() - 1]);
        }
    }
    out.push('}');
    Some(out)
}

/// Whether the enum is the one whose only value is `null`.
pub(super) fn is_null(shapes: &Shapes, kind: Kind) -> bool {
    let Kind::Enum(id) = kind else { return false };
    let each = shapes.enums.get(id);
    each.is_some_and(|each| each.name == "google.protobuf.NullValue")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(written: Option<String>, expected: &str) {
        assert_eq!(written.as_deref(), Some(expected));
    }

    fn both(seconds: i64, nanos: i32) -> Message {
        Message::default()
            .with(1, Content::One(Value::Integer(seconds.into())))
            .with(2, Content::One(Value::Integer(nanos.into())))
    }

    #[test]
    fn times() {
        check(timestamp(&both(0, 0)), "\"1970-01-01T00:00:00Z\"");
        check(timestamp(&both(-1, 0)), "\"1969-12-31T23:59:59Z\"");
        check(
            timestamp(&both(951_782_400, 1_000_000)),
            "\"2000-02-29T00:00:00.001Z\"",
        );
        check(
            timestamp(&both(-62_135_596_800, 1_000)),
            "\"0001-01-01T00:00:00.000001Z\"",
        );
        check(
            timestamp(&both(253_402_300_799, 999_999_999)),
            "\"9999-12-31T23:59:59.999999999Z\"",
        );
        for (seconds, nanos) in [(253_402_300_800, 0), (0, -1), (0, 1_000_000_000)] {
            assert_eq!(timestamp(&both(seconds, nanos)), None);
        }
    }

    #[test]
    fn durations() {
        check(duration(&both(0, 0)), "\"0s\"");
        check(duration(&both(1, 500_000_000)), "\"1.500s\"");
        check(duration(&both(0, -1)), "\"-0.000000001s\"");
        check(duration(&both(-3, 0)), "\"-3s\"");
        for (seconds, nanos) in [(1, -1), (-1, 1), (315_576_000_001, 0)] {
            assert_eq!(duration(&both(seconds, nanos)), None);
        }
    }

    #[test]
    fn masks() {
        let paths = |all: &[&str]| {
            let all = all.iter().map(|it| Value::Text(it.as_bytes().to_vec()));
            Message::default().with(1, Content::Many(all.collect()))
        };
        check(field_mask(&Message::default()), "\"\"");
        check(
            field_mask(&paths(&["name", "home_address.street"])),
            "\"name,homeAddress.street\"",
        );
        for odd in ["homeAddress", "home__address", "home_", "_1"] {
            assert_eq!(field_mask(&paths(&[odd])), None, "{odd}");
        }
    }
}
