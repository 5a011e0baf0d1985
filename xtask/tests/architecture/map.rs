//! The map: a sentence for each crate and each of its modules, taken from the one with which the file opens.
//!
//! What is said beside the code is not said again by hand. The page only decides the order.

use std::fmt::Write;

use crate::workspace::{Crate, SourceFile, Workspace};

const BEGIN: &str = "<!-- map: UPDATE_EXPECT=1 cargo test -p xtask --test architecture -->\n";
const END: &str = "<!-- end of map -->";

/// The page with the map that the workspace has now. Crates and modules stay in the page's order, new ones come last.
pub(crate) fn refreshed(page: &str, workspace: &Workspace) -> Option<String> {
    let (above, rest) = page.split_once(BEGIN)?;
    let (old, below) = rest.split_once(END)?;
    Some(format!(
        "{above}{BEGIN}{}{END}{below}",
        draw(workspace, old)
    ))
}

fn draw(workspace: &Workspace, old: &str) -> String {
    // where the page has it now; what it has not goes to the end, by name
    let place = |name: &str| {
        let row = format!("`{name}` |");
        let heading = format!("### `{name}`");
        old.lines()
            .position(|line| line == heading || line.contains(&row))
            .unwrap_or(usize::MAX)
    };
    let mut crates: Vec<&Crate> = workspace.crates.iter().collect();
    crates.sort_by_key(|it| place(&it.name));
    let mut map = String::new();
    for it in crates {
        let _ = writeln!(map, "\n### `{}`\n\n{}", it.name, sentence_of(it.root()));
        let mut modules = it.modules();
        modules.sort_by_key(|(name, _)| place(name));
        if !modules.is_empty() {
            map.push_str("\n| module | |\n|---|---|\n");
        }
        for (name, file) in modules {
            let _ = writeln!(map, "| `{name}` | {} |", sentence_of(Some(file)));
        }
    }
    map.push('\n');
    map
}

impl Crate {
    fn root(&self) -> Option<&SourceFile> {
        ["src/lib.rs", "src/main.rs"]
            .iter()
            .find_map(|path| self.files.iter().find(|file| file.path == *path))
    }

    /// The modules right below the root, tests aside: `crate::name` and the file that opens each.
    fn modules(&self) -> Vec<(String, &SourceFile)> {
        self.files
            .iter()
            .filter_map(|file| {
                let path = file.path.strip_prefix("src/")?.strip_suffix(".rs")?;
                let name = path.strip_suffix("/mod").unwrap_or(path);
                let is_module = !name.contains('/') && !matches!(name, "lib" | "main" | "tests");
                is_module.then(|| (format!("{}::{name}", self.name), file))
            })
            .collect()
    }
}

fn sentence_of(file: Option<&SourceFile>) -> String {
    file.and_then(|file| opening_sentence(&file.text))
        .unwrap_or_else(|| "(no opening sentence)".to_owned())
}

/// The first sentence of the comment with which a file opens.
pub(crate) fn opening_sentence(text: &str) -> Option<String> {
    let lines: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let paragraph = lines.join(" ");
    let end = paragraph.find(". ").map_or(paragraph.len(), |end| end + 1);
    // links of rustdoc mean nothing on the page
    let sentence = paragraph[..end].replace("[`", "`").replace("`]", "`");
    (!sentence.is_empty()).then_some(sentence)
}

#[cfg(test)]
mod tests {
    use super::{BEGIN, END, opening_sentence, refreshed};
    use crate::bad_trees::Tree;

    #[test]
    fn the_opening_sentence() {
        let check = |text: &str, expected: Option<&str>| {
            assert_eq!(opening_sentence(text).as_deref(), expected);
        };
        check("//! One. Two.\n", Some("One."));
        check(
            "//! Over\n//! two [`Lines`]. More\n",
            Some("Over two `Lines`."),
        );
        check("//! No stop: `a.b`\n\nuse x;", Some("No stop: `a.b`"));
        check("// Not a doc comment.\n", None);
        check("\n//! Too late.\n", None);
    }

    #[test]
    fn the_map_is_drawn_in_the_order_of_the_page() {
        let tree = Tree::new(&[
            ("crates/a/Cargo.toml", ""),
            ("crates/a/src/lib.rs", "//! Does a.\n"),
            ("crates/a/src/new.rs", "//! Is new.\n"),
            ("crates/a/src/last/mod.rs", "//! Comes last.\n"),
            ("crates/a/src/last/inner.rs", "//! Is not on the map.\n"),
            ("crates/a/src/first.rs", "//! Comes first.\n"),
            ("xtask/Cargo.toml", ""),
            ("xtask/src/main.rs", "fn main() {}\n"),
        ]);
        let page = format!(
            "Above\n{BEGIN}### `xtask`\n### `a`\n| `a::first` | |\n| `a::gone` | |\n| `a::last` | |\n{END}\nBelow\n"
        );
        let expected = format!(
            "Above\n{BEGIN}
### `xtask`

(no opening sentence)

### `a`

Does a.

| module | |
|---|---|
| `a::first` | Comes first. |
| `a::last` | Comes last. |
| `a::new` | Is new. |

{END}\nBelow\n"
        );
        let drawn = refreshed(&page, &tree.read()).unwrap();
        assert_eq!(drawn, expected);
        assert_eq!(refreshed(&drawn, &tree.read()).unwrap(), drawn);
        assert_eq!(refreshed("no map", &tree.read()), None);
    }
}
