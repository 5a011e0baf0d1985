//! Which options suit which elements: types that they need, targets, editions.

use super::interpret::{Shape, options_shape};
use super::options::named;
use super::validate::Check;
use crate::limits::DEEPEST_VALUE;
use crate::{
    Cardinality, Edition, Extension, Field, FieldType, File, FileId, Message, OptionData,
    OptionTree, Options, Scalar, Service, Span,
};

/// What kind of element options stand on, in the order of `FieldOptions.OptionTargetType`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    File = 1,
    ExtensionRange,
    Message,
    Field,
    Oneof,
    Enum,
    EnumValue,
    Service,
    Method,
}

impl Target {
    fn options(self) -> &'static str {
        match self {
            Self::File => "google.protobuf.FileOptions",
            Self::ExtensionRange => "google.protobuf.ExtensionRangeOptions",
            Self::Message => "google.protobuf.MessageOptions",
            Self::Field => "google.protobuf.FieldOptions",
            Self::Oneof => "google.protobuf.OneofOptions",
            Self::Enum => "google.protobuf.EnumOptions",
            Self::EnumValue => "google.protobuf.EnumValueOptions",
            Self::Service => "google.protobuf.ServiceOptions",
            Self::Method => "google.protobuf.MethodOptions",
        }
    }

    fn words(number: i32) -> &'static str {
        match number {
            1 => "files",
            2 => "extension ranges",
            3 => "messages",
            4 => "fields",
            5 => "oneofs",
            6 => "enums",
            7 => "enum values",
            8 => "services",
            9 => "methods",
            _ => "nothing",
        }
    }
}

/// How long a package's name may be.
const LONGEST_PACKAGE: usize = 511;

/// How many dots a package may have.
const DEEPEST_PACKAGE: usize = 100;

/// What protobuf's own descriptor says of its features: on what they may stand, and since which edition.
const FEATURES: &[(&str, &[i32], Edition)] = &[
    ("field_presence", &[4, 1], Edition::E2023),
    ("enum_type", &[6, 1], Edition::E2023),
    ("repeated_field_encoding", &[4, 1], Edition::E2023),
    ("utf8_validation", &[4, 1], Edition::E2023),
    ("message_encoding", &[4, 1], Edition::E2023),
    ("json_format", &[3, 6, 1], Edition::E2023),
    (
        "enforce_naming_style",
        &[1, 2, 3, 4, 5, 6, 7, 8, 9],
        Edition::E2024,
    ),
    ("default_symbol_visibility", &[1], Edition::E2024),
];

impl<'a> Check<'a> {
    /// Whether the options of an element may stand on it, in its edition.
    pub(super) fn suited(&mut self, options: &Options, target: Target, place: Span) {
        let tree = options.tree();
        if tree.is_empty() {
            return;
        }
        for feature in features_in(tree) {
            let own = FEATURES.iter().find(|f| f.0 == feature);
            let Some(&(name, targets, since)) = own else {
                continue;
            };
            let span = span_of(options, &format!("features.{name}"), place);
            if self.edition() < since && self.edition() >= Edition::E2023 {
                let text = format!("the feature `{name}` exists since edition 2024");
                self.error(span, text, Some("set it there, or leave it out".to_owned()));
            } else if !targets.contains(&(target as i32)) {
                self.wrong_target(name, targets, target, span);
            }
        }
        if self.restricted.is_some()
            && let Some(shape) = options_shape(self.schema, target.options())
        {
            self.targets(shape, tree, options, target, place, 0);
        }
    }

    fn wrong_target(&mut self, name: &str, targets: &[i32], target: Target, span: Span) {
        let mut places: Vec<&str> = targets.iter().map(|&t| Target::words(t)).collect();
        places.sort_unstable();
        let text = format!(
            "`{name}` may stand on {}, not on {}",
            places.join(" and "),
            Target::words(target as i32)
        );
        self.error(span, text, None);
    }

    /// Whether options of one's own, and their parts, are where their `targets` want them.
    fn targets(
        &mut self,
        shape: Shape<'a>,
        tree: &OptionTree,
        options: &Options,
        target: Target,
        place: Span,
        depth: u32,
    ) {
        if depth > DEEPEST_VALUE {
            return;
        }
        for set in &tree.fields {
            let known = self.restricted.as_ref();
            let Some((field, inner)) = known.and_then(|k| k.declaration(shape, set)) else {
                continue;
            };
            self.lifetime(field, &set.name, options, place);
            let targets = targets_of(field);
            // protobuf's own features are looked at above
            let own = shape.name() == "google.protobuf.FeatureSet" && !set.name.starts_with('(');
            if !own && !targets.is_empty() && !targets.contains(&(target as i32)) {
                let name = set.name.trim_matches(['(', ')']);
                let span = span_of(options, &set.name, place);
                self.wrong_target(name, &targets, target, span);
            }
            let Some(inner) = inner else { continue };
            let one = std::slice::from_ref(&set.value);
            let parts = match &set.value {
                OptionData::List(list) => list.as_slice(),
                _ => one,
            };
            for part in parts {
                if let OptionData::Message(part) = part {
                    self.targets(inner, part, options, target, place, depth + 1);
                }
            }
        }
    }

    /// Whether an option of one's own exists in the file's edition.
    fn lifetime(&mut self, field: &Field, name: &str, options: &Options, place: Span) {
        let Some(OptionData::Message(support)) = field.options.tree().get("feature_support") else {
            return;
        };
        let edition = |name| match support.get(name) {
            Some(OptionData::Enum(number, _)) => Some(*number),
            _ => None,
        };
        let here = match self.edition() {
            Edition::Proto2 => 998,
            Edition::Proto3 => 999,
            Edition::E2023 => 1000,
            Edition::E2024 => 1001,
        };
        let text = if edition("edition_introduced").is_some_and(|since| here < since) {
            format!("`{name}` does not exist yet in this edition")
        } else if edition("edition_removed").is_some_and(|until| here >= until) {
            format!("`{name}` does not exist any more in this edition")
        } else {
            return;
        };
        let help = match support.get("removal_error") {
            Some(OptionData::String(text)) => Some(text.to_string()),
            _ => None,
        };
        self.error(span_of(options, name, place), text, help);
    }

    /// What a declaration of an option says of its own life.
    fn support(&mut self, field: &Field) {
        let Some(OptionData::Message(support)) = field.options.tree().get("feature_support") else {
            return;
        };
        let edition = |name| match support.get(name) {
            Some(OptionData::Enum(number, _)) => Some(*number),
            _ => None,
        };
        let introduced = edition("edition_introduced");
        let deprecated = edition("edition_deprecated");
        let removed = edition("edition_removed");
        let wrong = if deprecated.is_some() && support.get("deprecation_warning").is_none() {
            (
                "is deprecated in an edition",
                "set `deprecation_warning` too",
            )
        } else if removed.is_some()
            && removed != introduced
            && support.get("removal_error").is_none()
        {
            ("is removed in an edition", "set `removal_error` too")
        } else if removed.is_some() && deprecated >= removed {
            ("is deprecated after it is removed", "exchange the editions")
        } else if removed.is_some() && removed < introduced {
            (
                "is removed before it is introduced",
                "exchange the editions",
            )
        } else {
            return;
        };
        let text = format!("`{}` {}", field.name, wrong.0);
        let span = span_of(&field.options, "feature_support", field.name_span);
        self.error(span, text, Some(wrong.1.to_owned()));
    }

    // ---- files

    pub(super) fn file_options(&mut self, id: FileId, file: &File) {
        self.file = id;
        if file.package.len() > LONGEST_PACKAGE {
            let text = format!("the package's name is longer than {LONGEST_PACKAGE} letters");
            self.error(file.package_span, text, None);
        }
        if file.package.matches('.').count() > DEEPEST_PACKAGE {
            let text = format!("the package has more than {} parts", DEEPEST_PACKAGE + 1);
            self.error(file.package_span, text, None);
        }
        let options = &file.options;
        self.suited(options, Target::File, Span::default());
        let tree = options.tree();
        if file.edition >= Edition::E2023 && tree.is_true("java_string_check_utf8") {
            let span = span_of(options, "java_string_check_utf8", Span::default());
            let help = "use `features.(pb.java).utf8_validation`".to_owned();
            let text = "editions have no option `java_string_check_utf8`";
            self.error(span, text, Some(help));
        }
        if file.edition >= Edition::E2024 && tree.get("java_multiple_files").is_some() {
            let span = span_of(options, "java_multiple_files", Span::default());
            let help =
                "it is the default there; `features.(pb.java).nest_in_file_class` says otherwise"
                    .to_owned();
            let text = "edition 2024 has no option `java_multiple_files`";
            self.error(span, text, Some(help));
        }
        if !is_lite(file) {
            for import in &file.imports {
                let Some(imported) = import.file else {
                    continue;
                };
                if is_lite(self.schema.file(imported)) {
                    let text = format!(
                        "`{}` is for the lite runtime, and this file is not",
                        import.path
                    );
                    let help = "set `option optimize_for = LITE_RUNTIME;` here too".to_owned();
                    self.error(import.span, text, Some(help));
                }
            }
        }
    }

    pub(super) fn service_options(&mut self, service: &Service) {
        let file = self.schema.file(service.file);
        for option in ["cc_generic_services", "java_generic_services"] {
            if is_lite(file) && file.options.tree().is_true(option) {
                let text = format!("a file for the lite runtime has no services with `{option}`");
                let help = format!("remove `option {option} = true;`");
                self.error(service.name_span, text, Some(help));
                return;
            }
        }
    }

    pub(super) fn message_options(&mut self, message: &Message) {
        let options = &message.options;
        if self.edition() == Edition::Proto3 && options.tree().is_true("message_set_wire_format") {
            let span = span_of(options, "message_set_wire_format", message.name_span);
            self.error(span, "proto3 has no message sets", None);
        }
    }

    pub(super) fn extension_options(&mut self, extension: &Extension, extendee: &Message) {
        let own = self.schema.file(extension.file);
        if is_lite(own) && !is_lite(self.schema.file(extendee.file)) {
            let text = format!(
                "`{}` is not for the lite runtime, so no file that is can extend it",
                extendee.name
            );
            self.error(extension.field.name_span, text, None);
        }
    }

    // ---- fields

    /// Options of a field that need a type, a cardinality or an edition.
    pub(super) fn field_options(&mut self, field: &Field, extension: bool) {
        let options = &field.options;
        let tree = options.tree();
        if tree.is_empty() {
            return;
        }
        self.suited(options, Target::Field, field.name_span);
        self.support(field);
        let known = !matches!(field.ty, FieldType::Unresolved(_));
        let repeated = field.cardinality != Cardinality::Singular;
        let packable = field.cardinality == Cardinality::Repeated
            && match &field.ty {
                FieldType::Scalar(scalar) => scalar.is_packable(),
                FieldType::Enum(_) => true,
                FieldType::Message(_) | FieldType::Unresolved(_) => false,
            };
        let at = |name: &str| span_of(options, name, field.name_span);
        let message = matches!(field.ty, FieldType::Message(_)) || repeated_map(field);
        for name in ["lazy", "unverified_lazy"] {
            if !tree.is_true(name) || !known {
                continue;
            }
            if !message || field.delimited {
                let text = format!("only a message field can be `{name}`");
                self.error(at(name), text, None);
            } else if extension && name == "unverified_lazy" {
                self.error(at(name), "an extension cannot be `unverified_lazy`", None);
            }
        }
        let style = match tree.get("jstype") {
            Some(OptionData::Enum(number, _)) => *number,
            _ => 0,
        };
        if style != 0 && known && (!is_64_bits(&field.ty) || repeated_map(field)) {
            let text = "`jstype` is for 64-bit integers only";
            self.error(at("jstype"), text, None);
        }
        let edition = self.edition();
        if edition >= Edition::E2023 {
            if tree.get("packed").is_some() {
                let help = "use `features.repeated_field_encoding`".to_owned();
                self.error(at("packed"), "editions have no option `packed`", Some(help));
            }
        } else if tree.is_true("packed") && known && !packable {
            let text = "only a repeated number, bool or enum can be packed";
            self.error(at("packed"), text, None);
        }
        if edition >= Edition::E2024 && tree.get("ctype").is_some() {
            let help = "use `features.(pb.cpp).string_type`".to_owned();
            let text = "edition 2024 has no option `ctype`";
            self.error(at("ctype"), text, Some(help));
        }
        let Some(OptionData::Message(features)) = tree.get("features") else {
            return;
        };
        let chosen = |name: &str| match features.get(name) {
            Some(OptionData::Enum(number, _)) => Some(*number),
            _ => None,
        };
        if let Some(presence) = chosen("field_presence") {
            const IMPLICIT: i32 = 2;
            const LEGACY_REQUIRED: i32 = 3;
            let text = if field.oneof.is_some() {
                Some("a field of a oneof always has presence")
            } else if repeated {
                Some("a repeated field has no presence to choose")
            } else if extension && presence != LEGACY_REQUIRED {
                Some("an extension always has presence")
            } else if presence == IMPLICIT && matches!(field.ty, FieldType::Message(_)) {
                Some("a message always has presence")
            } else {
                None
            };
            if let Some(text) = text {
                self.error(at("features.field_presence"), text, None);
            }
        }
        if let Some(encoding) = chosen("repeated_field_encoding") {
            const PACKED: i32 = 1;
            let span = at("features.repeated_field_encoding");
            if !repeated {
                self.error(span, "only a repeated field has a repeated encoding", None);
            } else if encoding == PACKED && !packable && known {
                let text = "only a repeated number, bool or enum can be packed";
                self.error(span, text, None);
            }
        }
        if chosen("message_encoding").is_some()
            && (matches!(field.ty, FieldType::Scalar(_) | FieldType::Enum(_))
                || repeated_map(field))
        {
            let text = "only a message field has a message encoding";
            self.error(at("features.message_encoding"), text, None);
        }
        if chosen("utf8_validation").is_some()
            && field.ty != FieldType::Scalar(Scalar::String)
            && field.cardinality != Cardinality::Map(Scalar::String)
        {
            let text = "only a string field can be checked for UTF-8";
            self.error(at("features.utf8_validation"), text, None);
        }
    }
}

fn repeated_map(field: &Field) -> bool {
    matches!(field.cardinality, Cardinality::Map(_))
}

fn is_64_bits(ty: &FieldType) -> bool {
    matches!(
        ty,
        FieldType::Scalar(
            Scalar::Int64 | Scalar::Uint64 | Scalar::Sint64 | Scalar::Fixed64 | Scalar::Sfixed64
        )
    )
}

/// For the runtime without reflection.
fn is_lite(file: &File) -> bool {
    matches!(
        file.options.tree().get("optimize_for"),
        Some(OptionData::Enum(3, _))
    )
}

/// The names of protobuf's own features that are set.
fn features_in(tree: &OptionTree) -> impl Iterator<Item = &str> {
    let features = match tree.get("features") {
        Some(OptionData::Message(features)) => features.fields.as_slice(),
        _ => &[],
    };
    features.iter().map(|f| f.name.as_str())
}

/// On what an option may stand; anywhere if nothing is said.
pub(super) fn targets_of(field: &Field) -> Vec<i32> {
    let Some(OptionData::List(list)) = field.options.tree().get("targets") else {
        return Vec::new();
    };
    let number = |target: &OptionData| match target {
        OptionData::Enum(number, _) => Some(*number),
        _ => None,
    };
    list.iter().filter_map(number).collect()
}

/// Where an option is written: by its name, or as a part of an aggregate; else where the element is.
fn span_of(options: &Options, name: &str, place: Span) -> Span {
    named(options, name).map_or(place, |option| option.span)
}
