//! How often the property was tried on what: construct by outcome by runtime, and what of that was never seen.

use std::collections::{BTreeMap, BTreeSet};

use protoskew_compare::{Change, Outcome, Runtime};

use super::cells;

/// What was seen, and how often.
#[derive(Default)]
pub(super) struct Hits {
    /// By kind of change, runtime of the reader, and the worst that became of a message.
    seen: BTreeMap<(String, &'static str, &'static str), u64>,
    /// The same of changes that stood by themselves, where the outcome is theirs alone; and the first seed that showed it.
    alone: BTreeMap<(String, &'static str, &'static str), (u64, u64)>,
    /// The seed of the pair that is looked at.
    pub(super) seed: u64,
}

/// What was seen fewer times than this is told with its first seed: another run may not see it.
const RARE: u64 = 10;

impl Hits {
    /// Counts what changes that stand together showed.
    pub(super) fn count(&mut self, changes: &[&Change], runtime: Runtime, shown: Outcome) {
        for change in changes {
            let key = (construct(change), runtime.word(), shown.word());
            if changes.len() == 1 {
                self.alone.entry(key.clone()).or_insert((0, self.seed)).0 += 1;
            }
            *self.seen.entry(key).or_default() += 1;
        }
    }

    /// Adds what was seen elsewhere.
    pub(super) fn add(&mut self, other: Self) {
        for (key, count) in other.seen {
            *self.seen.entry(key).or_default() += count;
        }
        for (key, (count, first)) in other.alone {
            let mine = self.alone.entry(key).or_insert((0, first));
            *mine = (mine.0 + count, mine.1.min(first));
        }
    }

    /// The table, a line for each construct and outcome.
    pub(super) fn table(&self) -> String {
        let mut out = format!("{:40}", "by themselves");
        for runtime in Runtime::ALL {
            out.push_str(&format!(" {:>10.10}", runtime.word()));
        }
        out.push('\n');
        let rows: BTreeSet<(&str, &str)> = self
            .alone
            .keys()
            .map(|(kind, _, outcome)| (kind.as_str(), *outcome))
            .collect();
        for (kind, outcome) in rows {
            out.push_str(&format!("{kind:28} {outcome:11}"));
            for runtime in Runtime::ALL {
                let key = (kind.to_owned(), runtime.word(), outcome);
                let count = self.alone.get(&key).map_or(0, |(count, _)| *count);
                out.push_str(&format!(" {count:>10}"));
            }
            out.push('\n');
        }
        out
    }

    /// Constructs and outcomes that no runtime, or not every runtime, was seen with: what a short run must reach too.
    pub(super) fn missing(&self) -> Vec<String> {
        let seen = |what: &dyn Fn(&str, &str, &str) -> bool| {
            self.seen
                .keys()
                .any(|(kind, runtime, outcome)| what(kind, runtime, outcome))
        };
        let mut missing = Vec::new();
        for runtime in Runtime::ALL.map(Runtime::word) {
            for construct in cells::constructs() {
                if !seen(&|kind, at, _| kind == construct && at == runtime) {
                    missing.push(format!("{construct} in {runtime}"));
                }
            }
            for outcome in Outcome::ALL.into_iter().filter(|it| *it != Outcome::Same) {
                if !seen(&|_, at, it| it == outcome.word() && at == runtime) {
                    missing.push(format!("{outcome} in {runtime}"));
                }
            }
        }
        missing
    }

    /// Cells that were seen a few times only.
    pub(super) fn rare(&self) -> impl Iterator<Item = String> {
        let few = self.alone.iter().filter(|(_, (count, _))| *count < RARE);
        few.map(|((kind, runtime, outcome), (count, first))| {
            format!("only {count} times, first with seed {first}: {kind}, {runtime}, {outcome}")
        })
    }

    /// Cells of the table that can be reached and were not; and those that were reached though they are said to be out of reach.
    pub(super) fn wrong_cells(&self) -> Vec<String> {
        let strangers: BTreeSet<&str> = self
            .seen
            .keys()
            .map(|(kind, _, _)| kind.as_str())
            .filter(|kind| cells::constructs().all(|construct| construct != *kind))
            .collect();
        let mut wrong: Vec<String> = strangers
            .into_iter()
            .map(|kind| format!("{kind} has outcomes of values, and no row of what it can do"))
            .collect();
        for construct in cells::constructs() {
            for runtime in Runtime::ALL {
                for outcome in Outcome::ALL.into_iter().filter(|it| *it != Outcome::Same) {
                    let key = (construct.to_owned(), runtime.word(), outcome.word());
                    let (count, first) = self.alone.get(&key).copied().unwrap_or_default();
                    let cell = format!("{construct}, {runtime}, {outcome}");
                    match (cells::out_of_reach(construct, runtime, outcome), count) {
                        (None, 0) => wrong.push(format!("never seen: {cell}")),
                        (Some(reason), 1..) => {
                            wrong.push(format!(
                                "seen {count} times, first with seed {first}: {cell}, though {reason}"
                            ));
                        }
                        _ => {}
                    }
                }
            }
        }
        wrong
    }
}

/// The kind of change, by name.
pub(in crate::conformance) fn construct(change: &Change) -> String {
    let kind = format!("{:?}", change.kind);
    kind.split([' ', '{']).next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table in which every cell that can be reached has a hit is right; with one hit less, or one more, it is wrong.
    #[test]
    fn one_zero_is_enough() {
        let mut hits = Hits::default();
        for construct in cells::constructs() {
            for runtime in Runtime::ALL {
                for outcome in Outcome::ALL.into_iter().filter(|it| *it != Outcome::Same) {
                    if cells::out_of_reach(construct, runtime, outcome).is_none() {
                        let key = (construct.to_owned(), runtime.word(), outcome.word());
                        hits.alone.insert(key, (1, 7));
                    }
                }
            }
        }
        assert_eq!(hits.wrong_cells(), [""; 0]);
        let key = |outcome: Outcome| ("FieldAdded".to_owned(), "upb", outcome.word());
        hits.alone.remove(&key(Outcome::Blind));
        assert_eq!(hits.wrong_cells(), ["never seen: FieldAdded, upb, blind"]);
        hits.alone.insert(key(Outcome::Blind), (1, 7));
        hits.alone.insert(key(Outcome::Reject), (2, 7));
        assert_eq!(
            hits.wrong_cells(),
            [
                "seen 2 times, first with seed 7: FieldAdded, upb, reject, though a required field that is missing is accepted"
            ]
        );
        assert_ne!(Hits::default().wrong_cells(), [""; 0]);
    }
}
