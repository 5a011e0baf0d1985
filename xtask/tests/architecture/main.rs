//! `ARCHITECTURE.md` is true: its map names what there is, and its invariants hold.

mod bad_trees;
mod invariants;
mod map;
mod workspace;

use std::env;
use std::fs;
use std::path::Path;

use workspace::Workspace;

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn page() -> String {
    fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md is there")
}

#[test]
fn the_map_names_every_crate_and_module() {
    let page = page();
    let fresh = map::refreshed(&page, &Workspace::read(root())).expect("the page has a map");
    if page == fresh {
        return;
    }
    if env::var_os("UPDATE_EXPECT").is_some() {
        fs::write(root().join("ARCHITECTURE.md"), fresh).expect("ARCHITECTURE.md can be written");
        return;
    }
    let stale: Vec<_> = page.lines().filter(|line| !fresh.contains(line)).collect();
    let missing: Vec<_> = fresh.lines().filter(|line| !page.contains(line)).collect();
    panic!(
        "the map in ARCHITECTURE.md is not that of the workspace; UPDATE_EXPECT=1 writes it anew\nto go: {stale:#?}\nto come: {missing:#?}"
    );
}

#[test]
fn every_invariant_holds() {
    let workspace = Workspace::read(root());
    let broken: Vec<_> = invariants::ALL
        .iter()
        .flat_map(|invariant| {
            let places = (invariant.check)(&workspace);
            places
                .into_iter()
                .map(|place| format!("{}\n  broken by {place}", invariant.sentence))
        })
        .collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn the_invariants_on_the_page_are_those_that_are_tested() {
    let page = page();
    let (_, section) = page
        .split_once("## Invariants")
        .expect("the page has a section `## Invariants`");
    let section = section.split("\n## ").next().unwrap_or_default();
    let written: Vec<_> = section
        .lines()
        .filter_map(|line| line.strip_prefix("- **")?.split_once("**"))
        .map(|(sentence, _)| sentence)
        .collect();
    let tested: Vec<_> = invariants::ALL.iter().map(|it| it.sentence).collect();
    assert_eq!(
        written, tested,
        "ARCHITECTURE.md (left) and the test (right) differ"
    );
}
