//! The checks of enums.

use rustc_hash::FxHashMap;

use super::names::short;
use super::ranges::{containing, names, sorted};
use super::suits::Target;
use super::validate::Check;
use crate::{Edition, Enum};

impl Check<'_> {
    pub(super) fn enumeration(&mut self, item: &Enum) {
        let Some(first) = item.values.first() else {
            self.error(item.name_span, "an enum needs at least one value", None);
            return;
        };
        if !item.closed && first.number != 0 {
            let text = format!(
                "the first value of an open enum must be 0, and `{}` is {}",
                first.name, first.number
            );
            let help = match item.values.iter().find(|v| v.number == 0) {
                Some(zero) => format!("move `{}` to the front", zero.name),
                None => "add a value for 0, which is what absence means".to_owned(),
            };
            self.error(first.number_span, text, Some(help));
        }
        let twice = self.twice(item.values.iter().map(|v| i64::from(v.number)));
        if let Some(option) = item.options.iter().find(|o| o.name == "allow_alias") {
            if !item.allow_alias {
                self.error(
                    option.span,
                    "`allow_alias = false` says nothing",
                    Some("remove it".to_owned()),
                );
            } else if twice.is_empty() {
                let text = "`allow_alias` is set, but no two values share a number";
                self.error(option.span, text, Some("remove it".to_owned()));
            }
        }
        if !item.allow_alias {
            for (first, second) in twice {
                let (first, second) = (&item.values[first], &item.values[second]);
                let text = format!(
                    "number {} of `{}` is already that of `{}`",
                    second.number, second.name, first.name
                );
                let help = "where that is meant, set `option allow_alias = true;`".to_owned();
                self.error(second.number_span, text, Some(help));
            }
        }
        self.strict(item.parent, item.visibility, item.name_span, true);
        self.value_names(item);
        self.suited(&item.options, Target::Enum, item.name_span);
        for value in &item.values {
            self.suited(&value.options, Target::EnumValue, value.name_span);
        }
        self.ranges(&item.reserved, i32::MIN, i32::MAX);
        self.reserved_names(&item.reserved_names);
        let reserved = sorted(&item.reserved);
        let names = names(&item.reserved_names);
        for value in &item.values {
            if containing(&reserved, value.number).is_some() {
                let text = format!("`{}` uses the reserved number {}", value.name, value.number);
                self.error(value.number_span, text, None);
            }
            if names.contains_key(value.name.as_str()) {
                let text = format!("the name `{}` is reserved", value.name);
                self.error(value.name_span, text, None);
            }
        }
    }

    /// Values of different numbers whose names are one in the code that is generated of them.
    fn value_names(&mut self, item: &Enum) {
        if self.edition() == Edition::Proto2
            && (item.options.tree()).is_true("deprecated_legacy_json_field_conflicts")
        {
            return;
        }
        let short = short(&item.name);
        let mut seen: FxHashMap<String, usize> = FxHashMap::default();
        for (index, value) in item.values.iter().enumerate() {
            let name = pascal_case(without_prefix(&value.name, short));
            let Some(&first) = seen.get(&name) else {
                seen.insert(name, index);
                continue;
            };
            let first = &item.values[first];
            if first.name != value.name && first.number != value.number {
                let text = format!(
                    "`{}` and `{}` are both `{name}` without case and the enum's name, as generated code has them",
                    first.name, value.name
                );
                self.error(value.name_span, text, Some("rename one of them".to_owned()));
            }
        }
    }
}

/// A value's name behind the enum's name, where it begins with that (whatever the case and the underscores).
fn without_prefix<'v>(value: &'v str, item: &str) -> &'v str {
    let mut prefix = item.bytes().filter(|&b| b != b'_');
    let mut next = prefix.next();
    for (at, byte) in value.bytes().enumerate() {
        let Some(wanted) = next else {
            let rest = value[at..].trim_start_matches('_');
            return if rest.is_empty() { value } else { rest };
        };
        if byte == b'_' {
            continue;
        }
        if !byte.eq_ignore_ascii_case(&wanted) {
            return value;
        }
        next = prefix.next();
    }
    value
}

fn pascal_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut capital = true;
    for char in name.chars() {
        if char == '_' {
            capital = true;
            continue;
        }
        out.push(if capital {
            char.to_ascii_uppercase()
        } else {
            char.to_ascii_lowercase()
        });
        capital = false;
    }
    out
}
