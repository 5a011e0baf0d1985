//! What options make of generated code: names, packages and types in other languages, and not one byte on the wire.

use std::borrow::Cow;

use protoskew_schema::{Enum, Field, File, Message, Name, OptionData, OptionTree, Options};

/// File options that change what is generated, each with the value that leaving it out means.
const OF_FILE: &[(&str, &str)] = &[
    ("cc_enable_arenas", "true"),
    ("cc_generic_services", "false"),
    ("csharp_namespace", ""),
    ("go_package", ""),
    ("java_generic_services", "false"),
    ("java_multiple_files", "false"),
    ("java_outer_classname", ""),
    ("java_package", ""),
    ("java_string_check_utf8", "false"),
    ("objc_class_prefix", ""),
    ("optimize_for", "SPEED"),
    ("php_class_prefix", ""),
    ("php_generic_services", "false"),
    ("php_metadata_namespace", ""),
    ("php_namespace", ""),
    ("py_generic_services", "false"),
    ("ruby_package", ""),
    ("swift_prefix", ""),
];

/// File options that leaving out derives from the package, as protoc 3.21 was seen to do: an empty one is not the same as none, it puts
/// what is generated where it has no namespace.
const OF_PACKAGE: &[(&str, Derive)] = &[
    ("csharp_namespace", csharp_namespace),
    ("java_package", str::to_owned),
    ("php_namespace", php_namespace),
    ("ruby_package", ruby_package),
];

/// What a package makes of an option that is left out.
type Derive = fn(&str) -> String;

/// The same of messages.
const OF_MESSAGE: &[(&str, &str)] = &[("no_standard_descriptor_accessor", "false")];

/// The same of fields.
const OF_FIELD: &[(&str, &str)] = &[("ctype", "STRING"), ("jstype", "JS_NORMAL")];

/// An option that is set to something else than leaving it out means, and its value as text.
pub(crate) type Set = (Name, Name);

/// Whether options may make something else of generated code: those that say the same do not.
pub(crate) fn may_differ(before: &Options, after: &Options) -> bool {
    before.tree() != after.tree()
}

/// What a file's options change in generated code, in the order of their names.
pub(crate) fn of_file(file: &File) -> Vec<Set> {
    let mut set = set(&file.options, OF_FILE);
    for (name, value) in &mut set {
        if name == "go_package" {
            *value = go_package(value);
        }
    }
    let tree = file.options.tree();
    for (name, derived) in OF_PACKAGE {
        let derived = derived(&file.package);
        set.retain(|(each, value)| each != name || **value != derived);
        let emptied = tree.get(name).is_some_and(|value| bare(value).is_empty());
        if emptied && !derived.is_empty() {
            set.push((Name::new_static(name), Name::new_static("\"\"")));
        }
    }
    set.sort_unstable();
    set
}

pub(crate) fn of_message(message: &Message) -> Vec<Set> {
    set(&message.options, OF_MESSAGE)
}

pub(crate) fn of_field(field: &Field) -> Vec<Set> {
    set(&field.options, OF_FIELD)
}

pub(crate) fn of_enum(each: &Enum) -> Vec<Set> {
    set(&each.options, &[])
}

/// What differs between two lists, in the order of the names: the option, and its value on each side.
pub(crate) fn differences(old: &[Set], new: &[Set]) -> Vec<(Name, Option<Name>, Option<Name>)> {
    let value = |list: &[Set], wanted: &Name| {
        let found = list.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.clone())
    };
    let mut names: Vec<&Name> = old.iter().chain(new).map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    names
        .into_iter()
        .map(|name| (name.clone(), value(old, name), value(new, name)))
        .filter(|(_, before, after)| before != after)
        .collect()
}

fn set(options: &Options, listed: &[(&'static str, &str)]) -> Vec<Set> {
    let tree = options.tree();
    if tree.is_empty() {
        return Vec::new();
    }
    let mut set: Vec<Set> = Vec::new();
    // most options are of other things, and begin with a parenthesis
    for field in tree.fields.iter().filter(|f| !f.name.starts_with('(')) {
        let value = &field.value;
        if let Some((name, unset)) = listed.iter().find(|(name, _)| field.name == *name) {
            let text = bare(value);
            if text != *unset {
                set.push((Name::new_static(name), text.into()));
            }
        }
        if let ("features", OptionData::Message(features)) = (field.name.as_str(), value) {
            of_languages(features, &mut set);
        }
    }
    set.sort_unstable();
    set
}

/// The features of languages, which are extensions of the feature set: `features.(pb.go).api_level`.
fn of_languages(features: &OptionTree, set: &mut Vec<Set>) {
    for language in features.fields.iter().filter(|f| f.name.starts_with('(')) {
        if let OptionData::Message(tree) = &language.value {
            let each = tree.fields.iter().map(|feature| {
                let name = format!("features.{}.{}", language.name, feature.name);
                (Name::from(name), Name::from(bare(&feature.value)))
            });
            set.extend(each);
        }
    }
}

/// A text without its quotes, anything else as it is.
fn bare(value: &OptionData) -> Cow<'_, str> {
    match value {
        OptionData::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

/// `path;name`, where the name is written out only if it is not the one that the path gives.
fn go_package(value: &Name) -> Name {
    let Some((path, name)) = value.split_once(';') else {
        return value.clone();
    };
    let last = path.rsplit('/').next().unwrap_or(path);
    let named = |c: char| if c.is_alphanumeric() { c } else { '_' };
    let derived: String = last.chars().map(named).collect();
    if derived == name {
        path.into()
    } else {
        value.clone()
    }
}

/// The namespace that protoc gives a package in C#: `acme.cloud_x.v1beta1` is `Acme.CloudX.V1Beta1`.
fn csharp_namespace(package: &str) -> String {
    let mut namespace = String::new();
    let mut upper = true;
    for letter in package.chars() {
        match letter {
            '.' => {
                namespace.push('.');
                upper = true;
            }
            'a'..='z' if upper => {
                namespace.push(letter.to_ascii_uppercase());
                upper = false;
            }
            'a'..='z' | 'A'..='Z' => {
                namespace.push(letter);
                upper = false;
            }
            '0'..='9' => {
                namespace.push(letter);
                upper = true;
            }
            _ => upper = true,
        }
    }
    namespace
}

/// The namespace in PHP: `acme.cloud_x.v1` is `Acme\Cloud_x\V1`. Where a part is one of PHP's words
/// protoc puts `PB` before it, which nobody writes out.
fn php_namespace(package: &str) -> String {
    let parts: Vec<String> = package.split('.').map(capital).collect();
    parts.join("\\")
}

/// The module in Ruby: `acme.cloud_x.v1` is `Acme::CloudX::V1`.
fn ruby_package(package: &str) -> String {
    let part = |part: &str| part.split('_').map(capital).collect::<String>();
    let parts: Vec<String> = package.split('.').map(part).collect();
    parts.join("::")
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_go_package_says_its_name_or_not() {
        let check = |value: &str, expected: &str| {
            assert_eq!(go_package(&value.into()), expected, "{value}");
        };
        check("acme.com/cloud/v1;v1", "acme.com/cloud/v1");
        check("acme.com/cloud-x;cloud_x", "acme.com/cloud-x");
        check("acme.com/cloud/v1;cloud", "acme.com/cloud/v1;cloud");
        check("acme.com/cloud/v1", "acme.com/cloud/v1");
    }

    #[test]
    fn a_namespace_in_csharp() {
        assert_eq!(
            csharp_namespace("acme.cloud_x.v1beta1"),
            "Acme.CloudX.V1Beta1"
        );
        assert_eq!(csharp_namespace(""), "");
    }

    /// As protoc 3.21 generates them.
    #[test]
    fn a_namespace_in_php_and_a_module_in_ruby() {
        for (package, php, ruby) in [
            (
                "acme.cloud_x.v1beta1",
                "Acme.Cloud_x.V1beta1",
                "Acme::CloudX::V1beta1",
            ),
            ("a_b.c__d.eF", "A_b.C__d.EF", "AB::CD::EF"),
            ("Acme.shelf.v1", "Acme.Shelf.V1", "Acme::Shelf::V1"),
            ("acme._shelf.v1_", "Acme._shelf.V1_", "Acme::Shelf::V1"),
            ("", "", ""),
        ] {
            assert_eq!(php_namespace(package), php.replace('.', "\\"), "{package}");
            assert_eq!(ruby_package(package), ruby, "{package}");
        }
    }
}
