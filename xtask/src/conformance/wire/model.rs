//! Schemas to evolve: as many constructs of the language as the wire can tell apart, and the text of their files.

use std::fmt::Write;

use super::random::Random;

/// The scalar types by keyword.
pub(in crate::conformance) const SCALARS: [&str; 15] = [
    "double", "float", "int32", "int64", "uint32", "uint64", "sint32", "sint64", "fixed32",
    "fixed64", "sfixed32", "sfixed64", "bool", "string", "bytes",
];
/// The types of a map's keys.
pub(in crate::conformance) const KEYS: [&str; 5] = ["int32", "string", "uint64", "sint32", "bool"];

#[derive(Clone, Debug, PartialEq)]
pub(in crate::conformance) struct Model {
    /// Written as proto2, else as edition 2023.
    pub(in crate::conformance) proto2: bool,
    pub(in crate::conformance) messages: Vec<Msg>,
    pub(in crate::conformance) enums: Vec<Enm>,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::conformance) struct Msg {
    pub(in crate::conformance) name: String,
    pub(in crate::conformance) fields: Vec<Fld>,
    /// Fields of it are changed.
    pub(in crate::conformance) evolves: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::conformance) struct Fld {
    pub(in crate::conformance) name: String,
    pub(in crate::conformance) number: u32,
    pub(in crate::conformance) ty: Ty,
    pub(in crate::conformance) card: Card,
    pub(in crate::conformance) presence: Presence,
    /// The oneof that it is a member of, by letter.
    pub(in crate::conformance) oneof: Option<char>,
    pub(in crate::conformance) has_default: bool,
    pub(in crate::conformance) expanded: bool,
    pub(in crate::conformance) delimited: bool,
    pub(in crate::conformance) unverified: bool,
    /// Declared as an extension.
    pub(in crate::conformance) extension: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::conformance) enum Ty {
    Scalar(&'static str),
    Message(String),
    Enum(String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::conformance) enum Card {
    Singular,
    Repeated,
    Map(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::conformance) enum Presence {
    Implicit,
    Explicit,
    Required,
}

#[derive(Clone, Debug, PartialEq)]
pub(in crate::conformance) struct Enm {
    pub(in crate::conformance) name: String,
    pub(in crate::conformance) values: Vec<(String, i32)>,
    pub(in crate::conformance) closed: bool,
}

impl Fld {
    pub(in crate::conformance) fn new(name: &str, number: u32, ty: Ty) -> Self {
        Self {
            name: name.to_owned(),
            number,
            ty,
            card: Card::Singular,
            presence: Presence::Explicit,
            oneof: None,
            has_default: false,
            expanded: false,
            delimited: false,
            unverified: false,
            extension: false,
        }
    }
}

impl Model {
    /// A schema to start from.
    pub(super) fn random(random: &mut Random) -> Self {
        let proto2 = random.once_in(3);
        let mut enums = Vec::new();
        for at in 0..2 {
            let name = format!("E{at}");
            let closed = random.once_in(2);
            let start = if closed && at == 0 && random.once_in(3) {
                1
            } else {
                0
            };
            let values = (start..start + 3)
                .map(|number| (format!("{name}_VAL_{number}"), number))
                .collect();
            enums.push(Enm {
                name,
                values,
                closed,
            });
        }
        let leaf = |name: &str, second: &'static str| Msg {
            name: name.to_owned(),
            fields: vec![
                Fld::new("x", 1, Ty::Scalar("int32")),
                Fld::new("y", 2, Ty::Scalar(second)),
            ],
            evolves: false,
        };
        let mut messages = vec![
            leaf("Leaf", "string"),
            leaf("Twin", "string"),
            leaf("Other", "fixed32"),
            leaf("Wide", "string"),
            Msg {
                name: "M".to_owned(),
                fields: Vec::new(),
                evolves: true,
            },
        ];
        // has what the others have not
        messages[3]
            .fields
            .push(Fld::new("z", 3, Ty::Scalar("bool")));
        let mut model = Self {
            proto2,
            messages: Vec::new(),
            enums,
        };
        for number in 1..=4 + random.below(4) as u32 {
            let field = model.field(random, number);
            messages[4].fields.push(field);
        }
        // one way to hold the enum a message, so that each shows by itself
        let mut holders = 0;
        while holders == 0 {
            for way in 0..5 {
                // a map's enum begins with 0
                let fits = way != 2 || model.enums[0].values[0].1 == 0;
                if fits && random.once_in(2) {
                    holders += 1;
                    messages.push(model.holder(way));
                }
            }
        }
        model.messages = messages;
        model
    }

    fn holder(&self, way: usize) -> Msg {
        let mut field = Fld::new("held", 1, Ty::Enum("E0".to_owned()));
        match way {
            1 => field.card = Card::Repeated,
            2 => field.card = Card::Map("int32"),
            3 => field.presence = Presence::Required,
            4 => field.oneof = Some('h'),
            _ => {}
        }
        Msg {
            name: format!("Holder{way}"),
            fields: vec![field],
            evolves: false,
        }
    }

    /// A new field of any kind.
    pub(super) fn field(&self, random: &mut Random, number: u32) -> Fld {
        let mut field = Fld::new(&format!("f{number}"), number, self.ty(random));
        match random.below(10) {
            0..=2 => field.card = Card::Repeated,
            3 => field.card = Card::Map(random.pick(&KEYS)),
            4 => field.oneof = Some(random.pick(&['o', 'p'])),
            _ => {}
        }
        field.presence = match random.below(8) {
            0..=2 => Presence::Implicit,
            3 => Presence::Required,
            _ => Presence::Explicit,
        };
        field.has_default = random.once_in(6);
        field.expanded = random.once_in(3);
        field.delimited = random.once_in(4);
        field.unverified = random.once_in(4);
        field.extension = random.once_in(6);
        // what every message, and every reader, makes the same of is rare among all that there is
        match random.below(30) {
            0 => {
                field.ty = Ty::Scalar("bool");
                field.card = Card::Repeated;
                field.expanded = false;
            }
            1 => {
                field.ty = Ty::Message("Leaf".to_owned());
                field.extension = true;
            }
            _ => {}
        }
        field
    }

    pub(super) fn ty(&self, random: &mut Random) -> Ty {
        match random.below(10) {
            0 | 1 => Ty::Message(random.pick(&["Leaf", "Twin", "Other", "Wide"]).to_owned()),
            2 => Ty::Enum("E1".to_owned()),
            _ => Ty::Scalar(random.pick(&SCALARS)),
        }
    }

    fn closed(&self, name: &str) -> bool {
        self.enums
            .iter()
            .any(|each| each.name == name && each.closed)
    }

    /// The files: path and text.
    pub(in crate::conformance) fn files(&self) -> Vec<(String, String)> {
        let mut files = Vec::new();
        let mut main = if self.proto2 {
            "syntax = \"proto2\";\npackage t;\n".to_owned()
        } else {
            "edition = \"2023\";\npackage t;\n".to_owned()
        };
        if self.proto2 {
            // an open enum of a proto2 file comes from elsewhere
            let _ = writeln!(main, "import \"open.proto\";");
            let mut open = "syntax = \"proto3\";\npackage t;\n".to_owned();
            for each in self.enums.iter().filter(|each| !each.closed) {
                each.write(true, &mut open);
            }
            files.push(("open.proto".to_owned(), open));
        }
        for each in &self.enums {
            if !self.proto2 || each.closed {
                each.write(self.proto2, &mut main);
            }
        }
        for message in &self.messages {
            self.write_message(message, &mut main);
        }
        files.insert(0, ("t.proto".to_owned(), main));
        files
    }

    fn write_message(&self, message: &Msg, out: &mut String) {
        let _ = writeln!(out, "message {} {{", message.name);
        let (extensions, own): (Vec<&Fld>, Vec<&Fld>) = message
            .fields
            .iter()
            .partition(|field| field.is_extension());
        for field in own.into_iter().filter(|field| field.in_oneof().is_none()) {
            self.write_field(field, out);
        }
        for extension in &extensions {
            let _ = writeln!(out, "  extensions {};", extension.number);
        }
        for oneof in ['o', 'p', 'q', 'h'] {
            let members = message.fields.iter();
            let members: Vec<&Fld> = members.filter(|it| it.in_oneof() == Some(oneof)).collect();
            if members.is_empty() {
                continue;
            }
            let _ = writeln!(out, "  oneof {oneof} {{");
            for member in members {
                self.write_field(member, out);
            }
            let _ = writeln!(out, "  }}");
        }
        let _ = writeln!(out, "}}");
        if !extensions.is_empty() {
            let _ = writeln!(out, "extend {} {{", message.name);
            for extension in extensions {
                self.write_field(extension, out);
            }
            let _ = writeln!(out, "}}");
        }
    }

    fn write_field(&self, field: &Fld, out: &mut String) {
        let ty = match &field.ty {
            Ty::Scalar(keyword) => (*keyword).to_owned(),
            Ty::Message(name) | Ty::Enum(name) => name.clone(),
        };
        let is_message = matches!(field.ty, Ty::Message(_));
        let mut options: Vec<String> = Vec::new();
        let bare = field.card == Card::Singular && field.in_oneof().is_none();
        let mut presence = field.presence;
        let closed = matches!(&field.ty, Ty::Enum(name) if self.closed(name));
        let never_implicit = is_message || closed || self.proto2;
        if field.is_extension() || (presence == Presence::Implicit && never_implicit) {
            presence = Presence::Explicit;
        }
        let has_default =
            field.has_default && bare && presence != Presence::Implicit && !is_message;
        if has_default {
            options.push(format!("default = {}", self.default(&field.ty)));
        }
        let packable = match field.ty {
            Ty::Scalar(keyword) => !matches!(keyword, "string" | "bytes"),
            Ty::Enum(_) => true,
            Ty::Message(_) => false,
        };
        let mut label = "";
        if self.proto2 {
            label = match (field.card, bare) {
                (Card::Repeated, _) => "repeated ",
                (Card::Singular, true) if presence == Presence::Required => "required ",
                (Card::Singular, true) => "optional ",
                _ => "",
            };
            if field.card == Card::Repeated && packable && !field.expanded {
                options.push("packed = true".to_owned());
            }
        } else {
            if field.card == Card::Repeated {
                label = "repeated ";
                if packable && field.expanded {
                    options.push("features.repeated_field_encoding = EXPANDED".to_owned());
                }
            }
            if bare {
                match presence {
                    Presence::Implicit => {
                        options.push("features.field_presence = IMPLICIT".to_owned());
                    }
                    Presence::Required => {
                        options.push("features.field_presence = LEGACY_REQUIRED".to_owned());
                    }
                    Presence::Explicit => {}
                }
            }
            if is_message && field.delimited && !matches!(field.card, Card::Map(_)) {
                options.push("features.message_encoding = DELIMITED".to_owned());
            }
            if field.unverified && ty == "string" {
                options.push("features.utf8_validation = NONE".to_owned());
            }
        }
        let ty = match field.card {
            Card::Map(key) => format!("map<{key}, {ty}>"),
            _ => ty,
        };
        let options = if options.is_empty() {
            String::new()
        } else {
            format!(" [{}]", options.join(", "))
        };
        let _ = writeln!(
            out,
            "  {label}{ty} {} = {}{options};",
            field.name, field.number
        );
    }

    fn default(&self, ty: &Ty) -> String {
        match ty {
            Ty::Scalar("string" | "bytes") => "\"d\"".to_owned(),
            Ty::Scalar("bool") => "true".to_owned(),
            Ty::Scalar(_) => "5".to_owned(),
            Ty::Enum(name) => {
                let each = self.enums.iter().find(|each| each.name == *name);
                let last = each.and_then(|each| each.values.last());
                last.map_or(String::new(), |(name, _)| name.clone())
            }
            Ty::Message(_) => String::new(),
        }
    }
}

impl Fld {
    /// Its oneof, where it can be in one.
    pub(in crate::conformance) fn in_oneof(&self) -> Option<char> {
        self.oneof
            .filter(|_| self.card == Card::Singular && !self.extension)
    }

    /// Whether it must be set.
    pub(in crate::conformance) fn is_required(&self) -> bool {
        let bare = self.card == Card::Singular && self.in_oneof().is_none();
        bare && !self.is_extension() && self.presence == Presence::Required
    }

    /// Whether it is an extension: a map cannot be one.
    pub(in crate::conformance) fn is_extension(&self) -> bool {
        self.extension && !matches!(self.card, Card::Map(_))
    }
}

impl Enm {
    fn write(&self, by_file: bool, out: &mut String) {
        let _ = writeln!(out, "enum {} {{", self.name);
        if self.closed && !by_file {
            let _ = writeln!(out, "  option features.enum_type = CLOSED;");
        }
        for (name, number) in &self.values {
            let _ = writeln!(out, "  {name} = {number};");
        }
        let _ = writeln!(out, "}}");
    }
}
