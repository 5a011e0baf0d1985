//! Where a finding is, for whoever shows it beside a repository's files: paths from its root, rules' pages by their address.

use super::screen::printable;
use super::words::origin;
use crate::finding::Site;
use crate::rules::Rule;
use crate::verdict::Verdict;

/// The path of a place on the newer side.
pub(super) fn path(verdict: &Verdict, site: &Site) -> String {
    format!("{}{}", verdict.folder, site.path)
}

/// What a place on the older side says of itself: `was 3, release 1.3.0, 4d73c44, 2024-04-01`.
pub(super) fn before(site: &Site) -> String {
    let origin = origin(&site.origin);
    if site.label.is_empty() {
        origin
    } else {
        format!("{}, {origin}", printable(&site.label))
    }
}

/// The address of a rule's page.
pub(super) fn page(rule: &str) -> String {
    let folder = rule.replace('-', "_");
    let repository = env!("CARGO_PKG_REPOSITORY");
    format!("{repository}/blob/HEAD/crates/protoskew/src/rules/{folder}/README.md")
}

/// What a rule is about, in words that tools filter by.
pub(super) fn tags(rule: &Rule) -> Vec<&'static str> {
    vec!["protobuf", rule.lens.word(), rule.guideline]
}
