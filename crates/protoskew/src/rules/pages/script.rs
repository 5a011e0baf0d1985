//! Blocks of a page as the commits of a history, one after the other; the last one is judged.

use std::sync::Arc;

use protoskew_schema::{Places, parse};

use super::engine::{Answer, Source, found};
use crate::breach::{Told, When};
use crate::finding::{Origin, Site};
use crate::history::ledger::Spot;
use crate::history::timeline::{FactsId, FileChange, Moment, PathId, Timeline};
use crate::history::{Facts, Known, Shown, judge, read};
use crate::rules::past;

struct Script {
    parents: Vec<Vec<Moment>>,
    /// Path and facts of each file, by commit.
    states: Vec<Vec<(PathId, FactsId)>>,
    paths: Vec<String>,
    facts: Vec<(Facts, Arc<[u8]>)>,
}

/// What the rules report of the last state against all that were before.
pub(super) fn remember(states: &[Vec<Source>]) -> Answer {
    let mut script = Script {
        parents: Vec::new(),
        states: Vec::new(),
        paths: Vec::new(),
        facts: Vec::new(),
    };
    let mut answer = Answer::default();
    for (at, sources) in states.iter().enumerate() {
        let before = (at as Moment).checked_sub(1);
        script.parents.push(before.into_iter().collect());
        let mut files = Vec::new();
        for source in sources {
            let text: Arc<[u8]> = source.text.as_bytes().into();
            let facts = Facts::of(&parse(Arc::clone(&text)), &Known::default());
            if let Some(error) = &facts.broken {
                answer.errors[0].push(format!("{}: {error}", source.path));
            }
            let known = script.paths.iter().position(|path| *path == source.path);
            let path = known.unwrap_or_else(|| {
                script.paths.push(source.path.clone());
                script.paths.len() - 1
            });
            files.push((path as PathId, script.facts.len() as FactsId));
            script.facts.push((facts, text));
        }
        script.states.push(files);
    }
    let judged = states.len() as Moment - 1;
    let ledger = read(&script, &[], judged);
    let told: Vec<Told> = judge(&script, &ledger, judged)
        .into_iter()
        .map(|breach| Told {
            at: when(breach.at),
            since: when(breach.since),
            until: breach.until.map(when),
            released: None,
            new: script.site(breach.new),
            old: script.site(breach.old),
            first_called: breach.first_called,
            kind: breach.kind,
            owner: breach.owner,
            element: breach.element,
        })
        .collect();
    answer.found = past(&told).iter().map(found).collect();
    answer
}

fn when(moment: Moment) -> When {
    When {
        commit: Some(format!("commit {}", moment + 1).into()),
        ..When::default()
    }
}

impl Script {
    fn site(&self, spot: Spot) -> Site {
        let text = &self.facts[spot.declaration.facts as usize].1;
        let shown = Shown::of(Arc::clone(text));
        Site {
            origin: Arc::new(Origin {
                label: "history".into(),
                commit: None,
                date: None,
            }),
            path: self.path(spot.declaration.path).into(),
            places: Places::Text,
            span: shown.span(spot),
            text: shown.text,
            label: String::new(),
        }
    }
}

impl Timeline for Script {
    fn len(&self) -> usize {
        self.states.len()
    }

    fn parents(&self, of: Moment) -> &[Moment] {
        &self.parents[of as usize]
    }

    fn changes(&self, from: Option<Moment>, to: Moment) -> Vec<FileChange> {
        let files = |at: Option<Moment>| at.map_or(&[][..], |at| &self.states[at as usize]);
        let at = |files: &[(PathId, FactsId)], path| {
            files
                .iter()
                .find(|(p, _)| *p == path)
                .map(|&(_, facts)| facts)
        };
        let (olds, news) = (files(from), files(Some(to)));
        let changes = (0..self.paths.len() as PathId).map(|path| FileChange {
            path,
            old: at(olds, path),
            new: at(news, path),
        });
        changes.filter(|change| change.old != change.new).collect()
    }

    fn facts(&self, id: FactsId) -> &Facts {
        &self.facts[id as usize].0
    }

    fn path(&self, id: PathId) -> &str {
        &self.paths[id as usize]
    }
}
