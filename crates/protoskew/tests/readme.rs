//! The output that the README and the guide show is the program's: every `console` block of them stands in what the demo prints.

use std::path::Path;
use std::process::Command;

/// The `console` blocks, each without its `$` lines.
fn blocks(readme: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<String> = None;
    for line in readme.lines() {
        match &mut open {
            Some(_) if line == "```" => blocks.extend(open.take()),
            Some(block) if !line.starts_with("$ ") => {
                block.push_str(line);
                block.push('\n');
            }
            Some(_) => {}
            None if line == "```console" => open = Some(String::new()),
            None => {}
        }
    }
    blocks.retain(|block| !block.is_empty());
    blocks
}

#[test]
fn what_the_readme_shows_is_what_the_demo_prints() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let readme = std::fs::read_to_string(root.join("README.md")).expect("a README");
    let demo = Command::new(env!("CARGO_BIN_EXE_protoskew"))
        .args(["demo", "--color", "never"])
        .output()
        .expect("the demo runs");
    assert!(demo.status.success());
    let printed = String::from_utf8(demo.stdout).expect("UTF-8");
    let guide = std::fs::read_to_string(root.join("docs/guide.md")).expect("a guide");
    let mut blocks = blocks(&readme);
    assert!(
        blocks.len() >= 3,
        "the README shows what the program prints"
    );
    let before = blocks.len();
    blocks.extend(self::blocks(&guide));
    assert!(blocks.len() > before, "the guide shows what it prints");
    for block in blocks {
        assert!(
            printed.contains(&block),
            "a page shows what the demo does not print; copy it anew:\n{block}"
        );
    }
}
