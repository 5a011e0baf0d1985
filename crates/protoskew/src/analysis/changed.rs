//! The change: what is analysed, and what was there before it.

use protoskew_git::CommitId;

use super::fingerprint::Difference;
use crate::check::{self, Standing};
use crate::error::Error;
use crate::project::{Input, Project, State};

/// A state and the one before it.
pub struct Changed {
    /// What is there now.
    pub state: State,
    /// What was there before.
    pub base: State,
    /// What that is, in a few words: `merge base with main (abc1234)`.
    pub phrase: String,
    /// The commit before, where it is one of this repository's.
    pub base_commit: Option<CommitId>,
    /// Where what is analysed stands among the releases, where there is a repository.
    pub standing: Option<Standing>,
    /// What means something else than before.
    pub difference: Difference,
}

impl Changed {
    /// The change between two states that were named.
    pub fn between(project: &Project, input: &Input, against: &Input) -> Result<Self, Error> {
        let in_repository = |input: &Input| !matches!(input, Input::Folder(_) | Input::Image(_));
        let standing = match &project.repository {
            Some(_) if in_repository(input) => {
                Some(check::stand(project, &check::Options::of(input.clone()))?)
            }
            _ => None,
        };
        let state = match &standing {
            Some(standing) => standing.state.clone(),
            None => project.state(input)?,
        };
        let base = project.state(against)?;
        let base_commit = match against {
            Input::Revision(name) => Some(project.repository()?.resolve(name)?),
            _ => None,
        };
        let origin = &base.origin;
        let phrase = match &origin.commit {
            Some(commit) => format!("{} ({commit})", origin.label),
            None => origin.label.to_string(),
        };
        Ok(Self {
            difference: Difference::between(&base.indexed, &state.indexed),
            phrase,
            base_commit,
            standing,
            state,
            base,
        })
    }

    /// The change that a worktree, an index or a revision is about: since it left the default branch; on the default branch itself what is
    /// not committed yet, or else what the last commit (or merge) brought. `None` where nothing came before.
    pub fn here(project: &Project, input: &Input) -> Result<Option<Self>, Error> {
        let repository = project.repository()?;
        let standing = check::stand(project, &check::Options::of(input.clone()))?;
        let Some(head) = standing.head else {
            return Ok(None);
        };
        let change = |base: CommitId, phrase: String, label: &str| -> Result<Self, Error> {
            let base_state = project.commit(base, label)?;
            Ok(Self {
                difference: Difference::between(&base_state.indexed, &standing.state.indexed),
                phrase: format!("{phrase} ({})", repository.commit(base)?.short),
                base_commit: Some(base),
                state: standing.state.clone(),
                base: base_state,
                standing: Some(standing.clone()),
            })
        };
        let default = repository.default_branch(project.config.default_branch.as_deref())?;
        if let Some(default) = default
            && default.commit != head
            && !repository.is_ancestor(head, default.commit)?
            && let Some(base) = repository.merge_base(head, default.commit)?
        {
            let phrase = format!("the merge base with {}", default.name);
            return change(base, phrase, &default.name).map(Some);
        }
        if !matches!(input, Input::Revision(_)) {
            let edits = change(head, "HEAD".to_owned(), "HEAD")?;
            if !edits.difference.is_empty() {
                return Ok(Some(edits));
            }
        }
        match repository.first_parent(head)? {
            Some(parent) => change(parent, "the commit before".to_owned(), "HEAD~1").map(Some),
            None => Ok(None),
        }
    }
}
