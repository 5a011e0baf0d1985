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

/// A commit, as a person would name it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct When {
    /// Its abbreviated id; what is not committed has none.
    pub commit: Option<protoskew_schema::Name>,
    /// Its day: `2018-03-14`.
    pub date: Option<protoskew_schema::Name>,
    /// Who wrote it.
    pub author: Option<protoskew_schema::Name>,
    /// The first line of its message.
    pub subject: Option<protoskew_schema::Name>,
}

impl When {
    /// `abc1234 (2018-03-14, Ada Author)`.
    pub fn phrase(&self) -> String {
        let commit = self
            .commit
            .as_deref()
            .unwrap_or("what is not committed yet");
        let about: Vec<&str> = [&self.date, &self.author]
            .into_iter()
            .flatten()
            .map(|part| part.as_str())
            .collect();
        if about.is_empty() {
            commit.to_owned()
        } else {
            format!("{commit} ({})", about.join(", "))
        }
    }
}
