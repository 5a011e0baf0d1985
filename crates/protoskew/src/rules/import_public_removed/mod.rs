//! `import-public-removed`: importers do not see any more what a file imported publicly.

use protoskew_compare::{Change, ChangeKind};

use crate::rules::{Check, DefaultLevel, Fact, Lens, Rule, Scope};
use crate::verdict::Level;

pub(super) const RULE: Rule = Rule {
    id: "import-public-removed",
    summary: "importers do not see any more what a file imported publicly",
    guideline: "Names",
    lens: Lens::Source,
    level: DefaultLevel::Fixed(Level::Warn),
    scope: Scope::Source,
    page: include_str!("README.md"),
    check: Check::Change(check),
};

fn check(change: &Change) -> Option<Fact> {
    let ChangeKind::ImportPublicRemoved { import, names } = &change.kind else {
        return None;
    };
    let what = match names {
        0 => "what it brings".to_owned(),
        1 => "one declaration that it brings".to_owned(),
        many => format!("{many} declarations that it brings"),
    };
    Some(
        Fact::new(
            format!(
                "`{}` does not import `{import}` publicly any more: its importers do not see {what}",
                change.element
            ),
            format!("keep `import public \"{import}\";` until every importer names that file itself"),
        )
        .labels("public", ""),
    )
}
