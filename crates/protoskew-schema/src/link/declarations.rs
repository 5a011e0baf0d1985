//! Extension declarations: what a message says of its extensions, and whether they are so.

use rustc_hash::FxHashSet;

use super::validate::Check;
use crate::{
    Cardinality, Extension, Field, FieldType, Message, OptionData, OptionTree, RangeOptions, Scalar,
};

/// One `declaration = { … }`.
struct Declaration<'t> {
    number: i64,
    full_name: Option<&'t str>,
    ty: Option<&'t str>,
    reserved: bool,
    repeated: bool,
}

fn declarations(options: &OptionTree) -> impl Iterator<Item = Declaration<'_>> {
    let list = match options.get("declaration") {
        Some(OptionData::List(list)) => list.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|one| {
        let OptionData::Message(tree) = one else {
            return None;
        };
        let text = |name| match tree.get(name) {
            Some(OptionData::String(text)) => Some(text.as_str()),
            _ => None,
        };
        Some(Declaration {
            number: match tree.get("number") {
                Some(OptionData::Int(number)) => *number,
                _ => 0,
            },
            full_name: text("full_name"),
            ty: text("type"),
            reserved: tree.is_true("reserved"),
            repeated: tree.is_true("repeated"),
        })
    })
}

const UNVERIFIED: i32 = 1;
const DECLARATION: i32 = 0;

fn verification(options: &OptionTree) -> Option<i32> {
    match options.get("verification") {
        Some(OptionData::Enum(state, _)) => Some(*state),
        _ => None,
    }
}

impl Check<'_> {
    /// Whether the declarations of a message are well made.
    pub(super) fn declarations(&mut self, message: &Message) {
        let mut names = FxHashSet::default();
        for statement in &message.extension_options {
            for index in statement.ranges.clone() {
                if let Some(wrong) = wrong_declaration(message, statement, index, &mut names) {
                    let span = statement
                        .options
                        .first()
                        .map_or(message.name_span, |o| o.span);
                    self.error(span, wrong, None);
                    return;
                }
            }
        }
    }

    /// Whether an extension is what its message declares.
    pub(super) fn declared(&mut self, extension: &Extension, message: &Message) {
        let field = &extension.field;
        let number = field.number as i32;
        let holds = |at: &u32| {
            let range = message.extension_ranges.get(*at as usize);
            range.is_some_and(|r| (r.start..=r.end).contains(&number))
        };
        let statement = message.extension_options.iter();
        let statement = statement.filter(|s| s.ranges.clone().any(|at| holds(&at)));
        let Some(statement) = statement.into_iter().next() else {
            return;
        };
        let options = statement.options.tree();
        let Some(declaration) = declarations(options).find(|d| d.number == i64::from(number))
        else {
            if declarations(options).next().is_some() || verification(options) == Some(DECLARATION)
            {
                let text = format!(
                    "`{}` wants its extensions declared, and none is for number {number}",
                    message.name
                );
                let help = format!(
                    "declare it there: `declaration = {{ number: {number} full_name: \".{}\" type: \"{}\" }}`",
                    extension.name,
                    declared_type(field)
                );
                self.error(field.number_span, text, Some(help));
            }
            return;
        };
        if declaration.reserved {
            let text = format!("`{}` declares the number {number} reserved", message.name);
            self.error(field.number_span, text, None);
            return;
        }
        let name = declaration.full_name.unwrap_or_default();
        if name.trim_start_matches('.') != extension.name {
            let text = format!(
                "`{}` declares the extension {number} as `{name}`, and this is `.{}`",
                message.name, extension.name
            );
            self.error(field.name_span, text, None);
        }
        let ty = declared_type(field);
        let declared = declaration.ty.unwrap_or_default();
        if declared != ty && !matches!(field.ty, FieldType::Unresolved(_)) {
            let text = format!(
                "`{}` declares the type of extension {number} as `{declared}`, and this is `{ty}`",
                message.name
            );
            self.error(field.type_span, text, None);
        }
        if declaration.repeated != (field.cardinality != Cardinality::Singular) {
            let declared = if declaration.repeated {
                "repeated"
            } else {
                "single"
            };
            let text = format!(
                "`{}` declares the extension {number} {declared}",
                message.name
            );
            self.error(field.type_span, text, None);
        }
    }
}

/// A type as a declaration writes it.
fn declared_type(field: &Field) -> String {
    match &field.ty {
        FieldType::Scalar(scalar) => scalar.keyword().to_owned(),
        FieldType::Message(ty) => format!(".{}", ty.name),
        FieldType::Enum(ty) => format!(".{}", ty.name),
        FieldType::Unresolved(name) => name.to_string(),
    }
}

/// What is wrong with the declarations of one range, if anything is.
fn wrong_declaration<'t>(
    message: &'t Message,
    statement: &'t RangeOptions,
    index: u32,
    names: &mut FxHashSet<&'t str>,
) -> Option<String> {
    let options = statement.options.tree();
    let range = message.extension_ranges.get(index as usize)?;
    let mut numbers = FxHashSet::default();
    for declaration in declarations(options) {
        let number = declaration.number;
        if verification(options) == Some(UNVERIFIED) {
            let text = "a range with declarations cannot be `UNVERIFIED`";
            return Some(text.to_owned());
        }
        if !(i64::from(range.start)..=i64::from(range.end)).contains(&number) {
            return Some(format!("the declared number {number} is not in the range"));
        }
        if !numbers.insert(number) {
            return Some(format!("the number {number} is declared twice"));
        }
        let (name, ty) = match (declaration.full_name, declaration.ty) {
            (Some(name), Some(ty)) => (name, ty),
            (None, None) if declaration.reserved => continue,
            _ => {
                return Some(format!(
                    "the declaration of number {number} needs both `full_name` and `type`"
                ));
            }
        };
        if !names.insert(name) {
            return Some(format!("the extension `{name}` is declared twice"));
        }
        for wanted in [name, ty] {
            if wanted == ty && Scalar::from_keyword(ty.as_bytes()).is_some() {
                continue;
            }
            if !is_absolute(wanted) {
                return Some(format!(
                    "`{wanted}` is no full name: write it with a leading dot"
                ));
            }
        }
    }
    None
}

fn is_absolute(name: &str) -> bool {
    let is_name = |part: &str| {
        !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    name.strip_prefix('.')
        .is_some_and(|rest| rest.split('.').all(is_name))
}
