//! Holds `docs/protoskew.schema.json` and `docs/json.md` fresh; `UPDATE_EXPECT=1` writes them again.

use std::fmt::Write as _;

use expect_test::expect_file;
use serde_json::{Map, Value};

use super::super::lines::Files;
use super::super::sample::storage;
use super::check::Finding;
use super::{Line, schema};

/// Everything behind this line of the page is generated.
const GENERATED: &str = "<!-- Generated from crates/protoskew/src/report/json: UPDATE_EXPECT=1 cargo test -p protoskew -->\n";
const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/json.md");

#[test]
fn the_schema_is_fresh() {
    let text = serde_json::to_string_pretty(&schema()).unwrap() + "\n";
    expect_file!["../../../../../docs/protoskew.schema.json"].assert_eq(&text);
}

#[test]
fn the_page_documents_every_field() {
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (by_hand, _) = page
        .split_once(GENERATED)
        .expect("the page has a generated part");
    let page = format!("{by_hand}{GENERATED}{}", tables(&schema()));
    expect_file!["../../../../../docs/json.md"].assert_eq(&page);
}

#[test]
fn every_field_says_what_it_is() {
    fn walk(path: &str, value: &Value) {
        let Value::Object(object) = value else { return };
        for (name, field) in object
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
        {
            let said = field.get("description").is_some()
                || name == "type"
                || field.get("const").is_some();
            assert!(said, "{path}.{name} has no doc comment");
        }
        for (name, inner) in object {
            walk(&format!("{path}/{name}"), inner);
        }
    }
    walk("", &schema());
}

/// One table per type of line, then one per object in them.
fn tables(schema: &Value) -> String {
    let mut page = String::new();
    let defs = schema["$defs"].as_object().unwrap();
    let mut lines = Vec::new();
    for line in schema["oneOf"].as_array().unwrap() {
        let name = line["properties"]["type"]["const"].as_str().unwrap();
        let def = reference(line).unwrap();
        lines.push(def);
        write!(page, "\n## `{name}`\n\n{}\n\n", description(line)).unwrap();
        let kind = ("type".to_owned(), format!("`{name}`"), String::new());
        table(&mut page, [kind].into_iter().chain(rows(&defs[def])));
        if name == "finding" {
            page.push_str(&example());
        }
    }
    page.push_str("\n# Objects within lines\n");
    for (name, def) in defs
        .iter()
        .filter(|(name, _)| !lines.contains(&name.as_str()))
    {
        write!(page, "\n## {name}\n\n{}\n\n", description(def)).unwrap();
        table(&mut page, rows(def));
    }
    page
}

fn table(page: &mut String, rows: impl Iterator<Item = (String, String, String)>) {
    page.push_str("| field | type | meaning |\n|---|---|---|\n");
    for (field, kind, meaning) in rows {
        writeln!(page, "| `{field}` | {kind} | {meaning} |").unwrap();
    }
}

fn rows(def: &Value) -> impl Iterator<Item = (String, String, String)> {
    let empty = Map::new();
    let properties = def["properties"].as_object().unwrap_or(&empty);
    let rows: Vec<_> = properties
        .iter()
        .map(|(name, field)| (name.clone(), kind(field), description(field)))
        .collect();
    rows.into_iter()
}

fn description(value: &Value) -> String {
    let text = value["description"].as_str().unwrap_or_default();
    text.replace('\n', " ").replace('|', "\\|")
}

fn reference(value: &Value) -> Option<&str> {
    value["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// The type of a field in words.
fn kind(field: &Value) -> String {
    if let Some(constant) = field["const"].as_str() {
        return format!("`{constant}`");
    }
    if let Some(values) = field["enum"].as_array() {
        let values = values.iter().map(|value| {
            value
                .as_str()
                .map_or("null".to_owned(), |text| format!("`{text}`"))
        });
        return values.collect::<Vec<_>>().join(", ");
    }
    if let Some(name) = reference(field) {
        return format!("[{name}](#{})", name.to_lowercase());
    }
    if let Some(choices) = field["anyOf"].as_array() {
        return choices.iter().map(kind).collect::<Vec<_>>().join(" or ");
    }
    let plain = |kind: &str| match kind {
        "array" => format!("array of: {}", self::kind(&field["items"])),
        "object" => format!("object of: {}", self::kind(&field["additionalProperties"])),
        kind => kind.to_owned(),
    };
    match &field["type"] {
        Value::String(kind) => plain(kind),
        Value::Array(kinds) => {
            let kinds = kinds.iter().filter_map(Value::as_str).map(plain);
            kinds.collect::<Vec<_>>().join(" or ")
        }
        other => panic!("a type that the page cannot say: {other}"),
    }
}

/// A real finding, broken into lines to be read.
fn example() -> String {
    let verdict = storage();
    let finding = Finding::of(&verdict.findings[0], &mut Files::default());
    let pretty = serde_json::to_string_pretty(&Line::Finding(Box::new(finding))).unwrap();
    format!("\nFor example (one line, broken here to be read):\n\n```json\n{pretty}\n```\n")
}
