//! Small random edits of `.proto` texts, most of them such that the text still means something.

use crate::tokens::{Dice, Kind, tokens};

/// Edits texts, with parts of other ones too.
pub(crate) struct Mutator {
    /// Statements of all texts, whole ones with braces among them.
    statements: Vec<String>,
    words: Vec<String>,
    strings: Vec<String>,
}

impl Mutator {
    pub(crate) fn new(texts: &[&str]) -> Self {
        let mut made = Self {
            statements: Vec::new(),
            words: Vec::new(),
            strings: Vec::new(),
        };
        for text in texts {
            let list = tokens(text);
            for &(kind, token) in &list {
                match kind {
                    Kind::Word => made.words.push(token.to_owned()),
                    // two files of the table may give one number to two options: what a descriptor then means cannot be told
                    Kind::Text if !token.starts_with("\"case") => {
                        made.strings.push(token.to_owned())
                    }
                    _ => {}
                }
            }
            let list: Vec<String> = list
                .into_iter()
                .map(|(_, token)| token.to_owned())
                .collect();
            for statement in statements(&list) {
                let statement = list[statement].concat();
                if statement.len() < 400 && !statement.contains("\"case") {
                    made.statements.push(statement);
                }
            }
        }
        made
    }

    /// The text with one to three edits.
    pub(crate) fn edited(&self, text: &str, dice: &mut Dice) -> Vec<u8> {
        let mut list: Vec<String> = tokens(text)
            .into_iter()
            .map(|(_, token)| token.to_owned())
            .collect();
        for _ in 0..[1, 1, 1, 2, 3][dice.roll(5) as usize] {
            if list.is_empty() {
                break;
            }
            self.edit(&mut list, dice);
        }
        let mut bytes = list.concat().into_bytes();
        if dice.roll(60) == 0 && !bytes.is_empty() {
            let at = dice.roll(bytes.len() as u64) as usize;
            bytes[at] = pick(
                dice,
                &[0, 1, 9, 11, 12, 13, b'\\', b'`', 0x7f, 0x80, 0xc3, 0xff],
            );
        }
        bytes
    }

    fn edit(&self, list: &mut Vec<String>, dice: &mut Dice) {
        let is_real = |token: &String| !token.trim().is_empty() && !token.starts_with("//");
        let real: Vec<usize> = (0..list.len()).filter(|&at| is_real(&list[at])).collect();
        if real.is_empty() {
            return;
        }
        let at = pick(dice, &real);
        match dice.roll(20) {
            0 => drop(list.remove(at)),
            1 => list.insert(at, format!("{} ", list[at])),
            2 => {
                let other = pick(dice, &real);
                list.swap(at, other);
            }
            3..=5 => self.replace(list, at, dice),
            6 | 7 => {
                let of_kind = |wanted: fn(&str) -> bool| {
                    let found = real.iter().copied().filter(|&at| wanted(&list[at]));
                    found.collect::<Vec<usize>>()
                };
                let numbers = of_kind(|token| token.starts_with(|c: char| c.is_ascii_digit()));
                let at = if numbers.is_empty() {
                    at
                } else {
                    pick(dice, &numbers)
                };
                self.replace(list, at, dice);
            }
            8 => {
                let own = statements(list);
                if !own.is_empty() {
                    list.drain(pick(dice, &own));
                }
            }
            9 => {
                let own = statements(list);
                if !own.is_empty() {
                    let chosen = pick(dice, &own);
                    let copy = list[chosen.clone()].concat();
                    let to = pick(dice, &own).start;
                    list.insert(to, format!(" {copy} "));
                }
            }
            10 => {
                let other = pick(dice, &self.statements);
                insert(list, &other, dice);
            }
            11 | 12 => {
                let snippet = pick(dice, SNIPPETS);
                insert(list, snippet, dice);
            }
            16..=18 => list.insert(at, pick(dice, BETWEEN).to_owned()),
            13 => {
                let option = pick(dice, INLINE);
                if let Some(at) = ends_of_fields(list).pick(dice) {
                    list.insert(at, format!(" [{option}]"));
                }
            }
            14 => {
                let open = list.iter().enumerate().filter(|(_, token)| *token == "[");
                let open: Vec<usize> = open.map(|(at, _)| at + 1).collect();
                if !open.is_empty() {
                    let at = pick(dice, &open);
                    list.insert(at, format!("{}, ", pick(dice, INLINE)));
                }
            }
            _ => {
                let dialect = pick(dice, DIALECTS);
                let head = list.iter().position(|t| t == "syntax" || t == "edition");
                let end = list.iter().position(|t| t == ";");
                if let (Some(head), Some(end)) = (head, end)
                    && head < end
                {
                    list.splice(head..=end, [dialect.to_owned()]);
                }
            }
        }
    }

    fn replace(&self, list: &mut [String], at: usize, dice: &mut Dice) {
        let token = list[at].as_str();
        list[at] = match token.chars().next() {
            Some('0'..='9') => {
                let number = token.parse::<i64>().unwrap_or(1);
                match dice.roll(4) {
                    0 => (number + 1).to_string(),
                    1 => (number - 1).to_string(),
                    _ => pick(dice, NUMBERS).to_owned(),
                }
            }
            Some('"' | '\'') => match dice.roll(2) {
                0 => pick(dice, STRINGS).to_owned(),
                _ => pick(dice, &self.strings),
            },
            Some(c) if c.is_ascii_alphabetic() || c == '_' => match dice.roll(4) {
                0 | 1 => pick(dice, WORDS).to_owned(),
                2 => {
                    // one of its own words
                    let own: Vec<String> = list
                        .iter()
                        .filter(|t| t.starts_with(|c: char| c.is_ascii_alphabetic()))
                        .cloned()
                        .collect();
                    pick(dice, &own)
                }
                _ => pick(dice, &self.words),
            },
            _ => pick(dice, SYMBOLS).to_owned(),
        };
    }
}

fn pick<T: Clone>(dice: &mut Dice, all: &[T]) -> T {
    all[dice.roll(all.len() as u64) as usize].clone()
}

/// Offsets to choose one of.
struct Ends(Vec<usize>);

impl Ends {
    fn pick(&self, dice: &mut Dice) -> Option<usize> {
        (!self.0.is_empty()).then(|| pick(dice, &self.0))
    }
}

/// Where options may follow: behind a number, before a `;`.
fn ends_of_fields(list: &[String]) -> Ends {
    let number = |at: usize| list[at].starts_with(|c: char| c.is_ascii_digit());
    let ends = (1..list.len()).filter(|&at| list[at] == ";" && number(at - 1));
    Ends(ends.collect())
}

/// Puts a statement where one may begin.
fn insert(list: &mut Vec<String>, statement: &str, dice: &mut Dice) {
    let begins = (1..=list.len()).filter(|&at| matches!(list[at - 1].as_str(), ";" | "{" | "}"));
    let begins: Vec<usize> = begins.collect();
    if !begins.is_empty() {
        let at = pick(dice, &begins);
        list.insert(at, format!(" {statement} "));
    }
}

/// The statements of a text: up to a `;` or a closing brace, nested ones too.
fn statements(list: &[String]) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut open = vec![0];
    for (at, token) in list.iter().enumerate() {
        match token.as_str() {
            ";" => {
                if let Some(start) = open.last_mut() {
                    found.push(*start..at + 1);
                    *start = at + 1;
                }
            }
            "{" => open.push(at + 1),
            "}" if open.len() > 1 => {
                open.pop();
                if let Some(start) = open.last_mut() {
                    found.push(*start..at + 1);
                    *start = at + 1;
                }
            }
            _ => {}
        }
    }
    found
}

/// What an edit did, in the lines that it changed.
pub(crate) fn shown(before: &str, after: &[u8]) -> String {
    let after = String::from_utf8_lossy(after);
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let behind = old[same..].iter().rev().zip(new[same..].iter().rev());
    let behind = behind.take_while(|(a, b)| a == b).count();
    let lines = |mark: &str, lines: &[&str]| {
        let lines = lines
            .iter()
            .take(12)
            .map(|line| format!("  {mark}{line}\n"));
        lines.collect::<String>()
    };
    lines("-", &old[same..old.len() - behind]) + &lines("+", &new[same..new.len() - behind])
}

const BETWEEN: &[&str] = &[
    "/* a comment */",
    "/* one\n * two\n\t three */",
    "// a comment\n",
    "\n// a comment\n",
    "\n\n// detached\n\n",
    "\n//\n// two lines\r\n",
    "/**/",
    "/***/ ",
    " /* a */ /* b */ ",
    "\n/* a */\n/* b */\n",
    "\t",
    " \t\t ",
    "\r\n",
    "\r",
    "\n\n",
    "\u{b}\u{c}",
    "/* ünï 🦀 */",
    ";",
];

const DIALECTS: &[&str] = &[
    "syntax = \"proto2\";",
    "syntax = \"proto3\";",
    "edition = \"2023\";",
    "edition = \"2024\";",
    "syntax = \"proto4\";",
    "edition = \"2025\";",
    "",
];

const NUMBERS: &[&str] = &[
    "0",
    "00",
    "1",
    "2",
    "3",
    "4",
    "7",
    "010",
    "08",
    "0x7",
    "0X1F",
    "0x",
    "100",
    "1000",
    "18999",
    "19000",
    "19999",
    "20000",
    "32767",
    "536870911",
    "536870912",
    "2147483646",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "1.0",
    "1.",
    ".5",
    "1e3",
    "1e",
    "1e400",
    "1f",
    "1.5F",
    "0.1e-400",
    "-1",
    "- 1",
    "--1",
    "+1",
    "max",
    "inf",
    "nan",
    "-inf",
    "-nan",
    "0x1p3",
    "1_000",
    "3.4e38",
    "3.5e38",
    "077777777777777777777777",
    "true",
    "\"1\"",
];

const STRINGS: &[&str] = &[
    "\"\"",
    "''",
    "\"a\" 'b'",
    "\"\\x41\"",
    "\"\\xff\"",
    "\"\\377\"",
    "\"\\400\"",
    "\"\\777\"",
    "\"\\u00e4\"",
    "\"\\ud83d\\ude00\"",
    "\"\\ud800\"",
    "\"\\U0001F600\"",
    "\"\\U00110000\"",
    "\"\\0\"",
    "\"\\q\"",
    "\"\\x\"",
    "\"\\?\\a\\v\"",
    "\"ä\"",
    "\"a.proto\"",
    "\"true\"",
    "\"1\"",
    "\"foo_bar\"",
    "\"[a.b]\"",
    "\"proto3\"",
    "\"2023\"",
    "\"a b\"",
    "\"9a\"",
    "unquoted",
    "\"\n\"",
];

const WORDS: &[&str] = &[
    "int32",
    "int64",
    "uint32",
    "uint64",
    "sint32",
    "sint64",
    "fixed32",
    "fixed64",
    "sfixed32",
    "sfixed64",
    "bool",
    "string",
    "bytes",
    "float",
    "double",
    "optional",
    "required",
    "repeated",
    "group",
    "map",
    "oneof",
    "extend",
    "extensions",
    "reserved",
    "enum",
    "message",
    "service",
    "rpc",
    "returns",
    "stream",
    "option",
    "import",
    "public",
    "weak",
    "package",
    "syntax",
    "edition",
    "export",
    "local",
    "max",
    "to",
    "true",
    "false",
    "inf",
    "nan",
    "TRUE",
    "packed",
    "default",
    "json_name",
    "deprecated",
    "lazy",
    "ctype",
    "jstype",
    "features",
    "retention",
    "targets",
    "debug_redact",
    "field_presence",
    "EXPLICIT",
    "IMPLICIT",
    "LEGACY_REQUIRED",
    "OPEN",
    "CLOSED",
    "PACKED",
    "EXPANDED",
    "DELIMITED",
    "LENGTH_PREFIXED",
    "VERIFY",
    "NONE",
    "ALLOW",
    "LEGACY_BEST_EFFORT",
    "_",
    "A",
    "a",
    "google",
];

const SYMBOLS: &[&str] = &[
    ";", "{", "}", "[", "]", "(", ")", "<", ">", "=", ",", ".", "-", "+", ":", "/", "//", "/*",
    "*/", "#", "\"", "'", "\\", "@", "?", "|", "é", "\u{feff}", "\u{a0}", "",
];

const SNIPPETS: &[&str] = &[
    ";",
    "option deprecated = true;",
    "option java_package = \"a\" \"b\";",
    "option optimize_for = CODE_SIZE;",
    "option features.field_presence = IMPLICIT;",
    "option features.field_presence = LEGACY_REQUIRED;",
    "option features.enum_type = CLOSED;",
    "option features.enum_type = OPEN;",
    "option features.repeated_field_encoding = EXPANDED;",
    "option features.utf8_validation = NONE;",
    "option features.message_encoding = DELIMITED;",
    "option features.json_format = LEGACY_BEST_EFFORT;",
    "option features.enforce_naming_style = STYLE_LEGACY;",
    "option features.default_symbol_visibility = LOCAL_ALL;",
    "option features.default_symbol_visibility = STRICT;",
    "option features = { enum_type: OPEN field_presence: EXPLICIT };",
    "option features = { json_format: ALLOW, };",
    "option allow_alias = true;",
    "option allow_alias = false;",
    "option map_entry = true;",
    "option message_set_wire_format = true;",
    "option no_standard_descriptor_accessor = true;",
    "option deprecated_legacy_json_field_conflicts = true;",
    "option uninterpreted_option = { };",
    "option (nowhere) = 1;",
    "option idempotency_level = NO_SIDE_EFFECTS;",
    "reserved 1;",
    "reserved 1 to 3, 9 to max;",
    "reserved 3 to 1;",
    "reserved -3 to -1;",
    "reserved \"foo\", \"bar\";",
    "reserved foo, bar;",
    "reserved \"foo\", \"foo\";",
    "reserved \"no name\";",
    "extensions 1000 to 1999;",
    "extensions 1000 to max;",
    "extensions 4, 20 to 30 [declaration = { number: 4 full_name: \".a.b\" type: \"string\" }];",
    "extensions 4 [verification = UNVERIFIED];",
    "extensions 4 [declaration = { number: 4 reserved: true }, verification = DECLARATION];",
    "extend google.protobuf.FieldOptions { optional int32 mutant = 51234; }",
    "import \"google/protobuf/descriptor.proto\";",
    "import \"google/protobuf/any.proto\";",
    "import public \"google/protobuf/any.proto\";",
    "import weak \"google/protobuf/any.proto\";",
    "import option \"google/protobuf/any.proto\";",
    "import \"nowhere.proto\";",
    "package a.b;",
    "message Mutant { }",
    "message Mutant { optional int32 a = 1; repeated string b = 2; }",
    "message Mutant { int32 a = 1; oneof o { string b = 2; } }",
    "message Mutant { map<string, Mutant> m = 1; message MEntry { } }",
    "message mutant_style { int32 BadField = 1; }",
    "export message Mutant { }",
    "local enum Mutant { MUTANT_UNSPECIFIED = 0; }",
    "enum Mutant { MUTANT_UNSPECIFIED = 0; MUTANT_ONE = 1; }",
    "enum Mutant { A = 1; }",
    "enum Mutant { A = 0; B = -1; reserved -5 to -3, 10 to max; }",
    "oneof mutant { int32 mutant_a = 1001; string mutant_b = 1002; }",
    "oneof mutant { }",
    "oneof mutant { option features.enum_type = OPEN; int32 mutant_a = 1001; }",
    "optional int32 mutant = 1003;",
    "required int32 mutant = 1003;",
    "repeated int32 mutant = 1003;",
    "int32 mutant = 1003;",
    "optional int32 mutant = 1003 [default = 07];",
    "optional float mutant = 1003 [default = -inf];",
    "optional string mutant = 1003 [default = \"\\xff\"];",
    "optional bytes mutant = 1003 [default = \"\\xff\"];",
    "repeated int32 mutant = 1003 [packed = true];",
    "repeated string mutant = 1003 [packed = true];",
    "repeated int32 mutant = 1003 [features.repeated_field_encoding = EXPANDED];",
    "int32 mutant = 1003 [features.field_presence = IMPLICIT];",
    "int32 mutant = 1003 [features.field_presence = LEGACY_REQUIRED];",
    "string mutant = 1003 [features.utf8_validation = NONE];",
    "optional group Mutant = 1004 { optional int32 a = 1; }",
    "repeated group mutant = 1004 { }",
    "map<string, int32> mutant = 1005;",
    "map<int32, .google.protobuf.Any> mutant = 1005;",
    "map<float, int32> mutant = 1005;",
    "map<string, int32> mutant = 1005 [features.utf8_validation = NONE];",
    "service Mutant { rpc M(google.protobuf.Any) returns (stream google.protobuf.Any) { option deprecated = true; } }",
    "service Mutant { rpc M(google.protobuf.Any) returns (google.protobuf.Any); rpc M(google.protobuf.Any) returns (google.protobuf.Any); }",
    "rpc Mutant(google.protobuf.Any) returns (google.protobuf.Any) { ; }",
    "stream google.protobuf.Any mutant = 3;",
];

const INLINE: &[&str] = &[
    "deprecated = true",
    "deprecated = 1",
    "packed = true",
    "packed = false",
    "json_name = \"mutant\"",
    "json_name = \"\"",
    "json_name = \"a\" \"b\"",
    "default = 1",
    "default = -1",
    "default = 1.5",
    "default = \"x\"",
    "default = true",
    "default = inf",
    "lazy = true",
    "weak = true",
    "ctype = CORD",
    "ctype = STRING",
    "jstype = JS_STRING",
    "jstype = JS_NORMAL",
    "retention = RETENTION_SOURCE",
    "targets = TARGET_TYPE_FIELD, targets = TARGET_TYPE_FILE",
    "edition_defaults = { edition: EDITION_2023, value: \"1\" }",
    "feature_support = { edition_introduced: EDITION_2023 }",
    "features.field_presence = IMPLICIT",
    "features.field_presence = EXPLICIT",
    "features.field_presence = LEGACY_REQUIRED",
    "features.repeated_field_encoding = EXPANDED",
    "features.message_encoding = DELIMITED",
    "features.utf8_validation = NONE",
    "features.enum_type = OPEN",
    "features.json_format = ALLOW",
    "features = { field_presence: EXPLICIT }",
    "(nowhere).x = 1",
    "debug_redact = true",
    "unverified_lazy = true",
];
