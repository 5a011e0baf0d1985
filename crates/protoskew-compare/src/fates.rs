//! What becomes of a number that an enum's reader does not list, by runtime and by where the reader keeps the enum.

use protoskew_wire::Runtime;
use protoskew_wire::runtime::{MissingRequired, UnknownNumber};

use crate::values::{EnumUses, Uses, turns_away};

/// What one reader makes of it; of a reader that keeps the enum in several places, several hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// The field holds the number, which has no name.
    Held,
    /// The field reads as if it had not been sent.
    Unset,
    /// The oneof reads as if nothing had been set.
    OneofUnset,
    /// It is missing from its list.
    LeftOutOfList,
    /// Its entry is missing from its map.
    EntryLost,
    /// The whole message is refused.
    Refused,
}

impl Fate {
    /// Every fate, from the mildest to the worst.
    pub const ALL: [Fate; 6] = [
        Fate::Held,
        Fate::Unset,
        Fate::OneofUnset,
        Fate::LeftOutOfList,
        Fate::EntryLost,
        Fate::Refused,
    ];

    /// What the reader holds then, in a few words.
    pub const fn words(self) -> &'static str {
        match self {
            Fate::Held => "a number without a name",
            Fate::Unset => "a field that is not set",
            Fate::OneofUnset => "a oneof with nothing set",
            Fate::LeftOutOfList => "a list without it",
            Fate::EntryLost => "a map without its entry",
            Fate::Refused => "nothing, as the whole message is refused",
        }
    }
}

/// The fates by runtime.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fates([u8; Runtime::ALL.len()]);

impl Fates {
    /// Of an enum that is used so by its reader's schema.
    pub(crate) fn new(closed: bool, uses: &EnumUses) -> Self {
        let mut fates = Self::default();
        let nowhere = Uses {
            singular: uses.nowhere(),
            ..Uses::default()
        };
        for (uses, proto2) in [(uses.proto2, true), (uses.other, false), (nowhere, false)] {
            for runtime in Runtime::ALL {
                fates.add(runtime, uses, turns_away(closed, proto2, runtime));
            }
        }
        fates
    }

    fn add(&mut self, runtime: Runtime, uses: Uses, turned_away: bool) {
        let answers = runtime.answers();
        let absent = match answers.required.is {
            MissingRequired::Refuse => Fate::Refused,
            MissingRequired::Accept => Fate::Unset,
        };
        for (used, answer, unset) in [
            (uses.singular, answers.closed_singular.is, Fate::Unset),
            (uses.required, answers.closed_singular.is, absent),
            (uses.oneof, answers.closed_in_oneof.is, Fate::OneofUnset),
            (
                uses.repeated,
                answers.closed_repeated.is,
                Fate::LeftOutOfList,
            ),
            (uses.map, answers.closed_map.is, Fate::EntryLost),
        ] {
            if !used {
                continue;
            }
            let fate = match answer {
                _ if !turned_away => Fate::Held,
                UnknownNumber::Held => Fate::Held,
                UnknownNumber::Unset => unset,
                UnknownNumber::Refuse => Fate::Refused,
            };
            self.0[runtime as usize] |= 1 << fate as u8;
        }
    }

    /// The worst of both.
    pub(crate) fn or(self, other: Self) -> Self {
        let mut both = self;
        for (mine, theirs) in both.0.iter_mut().zip(other.0) {
            *mine |= theirs;
        }
        both
    }

    /// What one runtime makes of it, the mildest first.
    pub fn of(&self, runtime: Runtime) -> Vec<Fate> {
        let bits = self.0[runtime as usize];
        let all = Fate::ALL.into_iter();
        all.filter(|fate| bits & (1 << *fate as u8) != 0).collect()
    }

    /// What each runtime makes of it: runtimes that make the same of it together, in the order of the first of each.
    pub fn by_runtime(&self) -> Vec<(Vec<Fate>, Vec<Runtime>)> {
        let mut groups: Vec<(u8, Vec<Runtime>)> = Vec::new();
        for (runtime, &bits) in Runtime::ALL.into_iter().zip(&self.0) {
            match groups.iter_mut().find(|(other, _)| *other == bits) {
                Some((_, runtimes)) => runtimes.push(runtime),
                None => groups.push((bits, vec![runtime])),
            }
        }
        let groups = groups.into_iter();
        groups
            .map(|(_, runtimes)| (self.of(runtimes[0]), runtimes))
            .collect()
    }
}
