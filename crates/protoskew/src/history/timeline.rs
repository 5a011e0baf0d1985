//! The states that an API went through, each after those that it came from; where they are kept, a timeline alone knows.

use super::facts::Facts;

/// Index of a state, in the timeline's order.
pub type Moment = u32;
/// A path, by number.
pub type PathId = u32;
/// What a file said, by number.
pub type FactsId = u32;

/// A file that two states do not have in common; judged files only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Which file.
    pub path: PathId,
    /// What it said in the older state.
    pub old: Option<FactsId>,
    /// What it says in the newer one.
    pub new: Option<FactsId>,
}

/// States of an API, each after its parents.
pub trait Timeline {
    /// How many there are.
    fn len(&self) -> usize;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a state came from.
    fn parents(&self, of: Moment) -> &[Moment];

    /// What differs between two states (from nothing, where there is no older one), by path.
    fn changes(&self, from: Option<Moment>, to: Moment) -> Vec<FileChange>;

    /// The youngest state that both came from.
    fn common(&self, one: Moment, two: Moment) -> Option<Moment> {
        let (one, two) = (ancestors(self, one), ancestors(self, two));
        let both = one.iter().zip(&two).rposition(|(&one, &two)| one && two)?;
        Some(both as Moment)
    }

    /// What a file said.
    fn facts(&self, id: FactsId) -> &Facts;

    /// A path.
    fn path(&self, id: PathId) -> &str;
}

/// Whether one state is the other, or one that it came from.
pub fn reaches(timeline: &(impl Timeline + ?Sized), old: Moment, new: Moment) -> bool {
    let mut left = vec![new];
    let mut seen = rustc_hash::FxHashSet::default();
    while let Some(at) = left.pop() {
        if at == old {
            return true;
        }
        // an older state never has a larger number
        if at > old {
            let parents = timeline.parents(at).iter().copied();
            left.extend(parents.filter(|&parent| parent >= old && seen.insert(parent)));
        }
    }
    false
}

/// All states that one came from, itself included; by number.
pub fn ancestors(timeline: &(impl Timeline + ?Sized), of: Moment) -> Vec<bool> {
    let mut found = vec![false; timeline.len()];
    let mut left = vec![of];
    while let Some(at) = left.pop() {
        if !std::mem::replace(&mut found[at as usize], true) {
            left.extend(timeline.parents(at));
        }
    }
    found
}

/// All states that came from one, itself included; by number.
pub fn descendants(timeline: &(impl Timeline + ?Sized), of: Moment) -> Vec<bool> {
    let mut found = vec![false; timeline.len()];
    for at in of as usize..found.len() {
        // an older state never has a larger number
        let mut parents = timeline.parents(at as Moment).iter();
        found[at] = at == of as usize || parents.any(|&parent| found[parent as usize]);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Facts, FactsId, FileChange, Moment, PathId, Timeline, descendants, reaches};

    /// States with nothing in them.
    struct Parents(Vec<Vec<Moment>>);

    impl Timeline for Parents {
        fn len(&self) -> usize {
            self.0.len()
        }

        fn parents(&self, of: Moment) -> &[Moment] {
            &self.0[of as usize]
        }

        fn changes(&self, _: Option<Moment>, _: Moment) -> Vec<FileChange> {
            Vec::new()
        }

        fn facts(&self, id: FactsId) -> &Facts {
            unreachable!("no file says anything: {id}")
        }

        fn path(&self, id: PathId) -> &str {
            unreachable!("there is no file: {id}")
        }
    }

    #[test]
    fn who_descends_from_a_state_is_who_reaches_it() {
        // two roots, a branch, a merge of both, and one more that stays apart
        let states = [
            vec![],
            vec![0],
            vec![],
            vec![0],
            vec![1, 3],
            vec![2],
            vec![4, 5],
            vec![2],
        ];
        let timeline = Parents(states.into());
        for of in 0..8 {
            let all: Vec<bool> = (0..8).map(|at| reaches(&timeline, of, at)).collect();
            assert_eq!(descendants(&timeline, of), all, "from {of}");
        }
        let of_the_branch = descendants(&timeline, 3)
            .into_iter()
            .filter(|it| *it)
            .count();
        assert_eq!(of_the_branch, 3);
    }
}
