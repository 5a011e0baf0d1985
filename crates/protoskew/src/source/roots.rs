//! Import roots as `buf.yaml` and `buf.work.yaml` declare them.

use std::sync::Arc;

use yaml_rust2::{Yaml, YamlLoader};

/// The declared roots in the order of the files' paths, without repetition, and what could not be understood.
///
/// The whole repository is the empty root.
pub(crate) fn declared(configs: &[(String, Arc<[u8]>)]) -> (Vec<String>, Vec<String>) {
    let mut roots: Vec<String> = Vec::new();
    let mut complaints = Vec::new();
    for (path, text) in configs {
        if super::place::by_folder(path).is_some() {
            // the configuration of a copy says how it was laid out where it came from
            continue;
        }
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let document = match parse(text) {
            Ok(document) => document,
            Err(why) => {
                complaints.push(format!(
                    "{path} cannot be read ({why}): import roots are inferred instead"
                ));
                continue;
            }
        };
        let named = if file == "buf.work.yaml" {
            texts(&document["directories"])
        } else {
            modules(&document)
        };
        for name in named {
            let root = join(folder, &name);
            if !roots.contains(&root) {
                roots.push(root);
            }
        }
    }
    (roots, complaints)
}

fn parse(text: &[u8]) -> Result<Yaml, String> {
    let text = std::str::from_utf8(text).map_err(|_| "it is not UTF-8".to_owned())?;
    if nesting(text) > DEEPEST {
        return Err("it is nested too deeply".to_owned());
    }
    let mut documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
    if documents.is_empty() {
        return Ok(Yaml::Null);
    }
    Ok(documents.swap_remove(0))
}

/// The reader recurses: a file made to be deep must not exhaust the stack.
const DEEPEST: usize = 100;

/// At least how deep the text nests, without understanding it: brackets, indentation, and dashes on one line.
fn nesting(text: &str) -> usize {
    let brackets = text.bytes().filter(|b| matches!(b, b'[' | b'{')).count();
    let lines = text.lines().map(|line| {
        let indent = line.len() - line.trim_start().len();
        indent
            .max(line.matches("- ").count())
            .max(line.matches("? ").count())
    });
    brackets.max(lines.max().unwrap_or(0))
}

/// `buf.yaml`: v2 lists modules, v1beta1 roots, v1 is itself a root.
fn modules(document: &Yaml) -> Vec<String> {
    let listed: Vec<String> = match document["version"].as_str() {
        Some("v2") => document["modules"]
            .as_vec()
            .into_iter()
            .flatten()
            .map(|module| module["path"].as_str().unwrap_or(".").to_owned())
            .collect(),
        Some("v1beta1") => texts(&document["build"]["roots"]),
        _ => Vec::new(),
    };
    if listed.is_empty() {
        vec![".".to_owned()]
    } else {
        listed
    }
}

fn texts(list: &Yaml) -> Vec<String> {
    let items = list.as_vec().into_iter().flatten();
    items.filter_map(Yaml::as_str).map(str::to_owned).collect()
}

fn join(folder: &str, name: &str) -> String {
    let parts = folder.split('/').chain(name.split('/'));
    let parts: Vec<&str> = parts.filter(|part| !matches!(*part, "" | ".")).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::declared;

    #[track_caller]
    fn check(files: &[(&str, &str)], roots: &[&str], complaints: usize) {
        let files: Vec<_> = files
            .iter()
            .map(|(path, text)| ((*path).to_owned(), text.as_bytes().into()))
            .collect();
        let (found, said) = declared(&files);
        assert_eq!(found, roots);
        assert_eq!(said.len(), complaints, "{said:?}");
    }

    #[test]
    fn a_module_is_a_root() {
        check(
            &[("proto/buf.yaml", "version: v1\nname: buf.build/o/r\n")],
            &["proto"],
            0,
        );
        check(&[("buf.yaml", "version: v1\n")], &[""], 0);
        check(&[("buf.yaml", "")], &[""], 0);
    }

    #[test]
    fn version_two_lists_its_modules() {
        let text = "version: v2\nmodules:\n  - path: proto/a\n    name: x\n  - path: ./proto/b/\ndeps:\n  - buf.build/x/y\n";
        check(&[("buf.yaml", text)], &["proto/a", "proto/b"], 0);
        check(&[("api/buf.yaml", "version: v2\n")], &["api"], 0);
    }

    #[test]
    fn a_workspace_lists_its_folders() {
        check(
            &[
                (
                    "buf.work.yaml",
                    "version: v1\ndirectories:\n  - proto\n  - vendor/x\n",
                ),
                ("proto/buf.yaml", "version: v1\n"),
            ],
            &["proto", "vendor/x"],
            0,
        );
        check(
            &[("buf.yaml", "version: v1beta1\nbuild:\n  roots: [a, b]\n")],
            &["a", "b"],
            0,
        );
    }

    #[test]
    fn what_is_no_yaml_is_said() {
        check(&[("buf.yaml", "a: [")], &[], 1);
        check(&[("buf.yaml", &"[".repeat(100_000))], &[], 1);
        check(&[("buf.yaml", &"- ".repeat(100_000))], &[], 1);
    }
}
