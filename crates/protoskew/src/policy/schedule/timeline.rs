//! The releases of one side in their order, and the lines that will come after them.

use protoskew_schema::Name;

use crate::policy::meetings::{Lines, Numbered, Spot};

/// A release of one side, as far as a schedule asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// Its name, as a person names it.
    pub name: Name,
    /// Its number.
    pub number: Numbered,
    /// Whether it has all that is asked about.
    pub has: bool,
}

/// The releases of one side, oldest first. After the newest come lines without a number, one release each, that have it all.
#[derive(Clone, Debug)]
pub struct Timeline {
    releases: Vec<(Holding, usize)>,
    /// The place of the newest line.
    newest: usize,
}

/// A moment of a timeline: a release, or so many lines after the newest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// The release at this index.
    Release(usize),
    /// So many lines after the newest release, from 1.
    LinesAfter(usize),
}

impl Timeline {
    /// Puts the releases in the order in which they count.
    pub fn new(lines: &Lines, releases: impl IntoIterator<Item = Holding>) -> Self {
        let place = |release: Holding| {
            let place = lines.place(release.number.counted);
            (release, place)
        };
        let mut releases: Vec<(Holding, usize)> = releases.into_iter().map(place).collect();
        releases.sort_by_key(|(release, _)| (release.number.counted, release.number.own));
        Self {
            newest: releases.last().map_or(0, |(_, place)| *place),
            releases,
        }
    }

    /// The releases, oldest first.
    pub fn releases(&self) -> impl DoubleEndedIterator<Item = &Holding> {
        self.releases.iter().map(|(release, _)| release)
    }

    /// The release at a moment; `None` in the future.
    pub fn release(&self, moment: Moment) -> Option<&Holding> {
        match moment {
            Moment::Release(index) => self.releases.get(index).map(|(release, _)| release),
            Moment::LinesAfter(_) => None,
        }
    }

    pub(super) fn len(&self) -> usize {
        self.releases.len()
    }

    /// The place of a moment's line in the one order of lines.
    pub fn place(&self, moment: Moment) -> usize {
        self.spot(self.index(moment)).place
    }

    pub(super) fn newest_place(&self) -> usize {
        self.newest
    }

    pub(super) fn index(&self, moment: Moment) -> usize {
        match moment {
            Moment::Release(index) => index,
            Moment::LinesAfter(lines) => self.releases.len() + lines.saturating_sub(1),
        }
    }

    pub(super) fn moment(&self, index: usize) -> Moment {
        match index.checked_sub(self.releases.len()) {
            None => Moment::Release(index),
            Some(later) => Moment::LinesAfter(later + 1),
        }
    }

    pub(super) fn has(&self, index: usize) -> bool {
        self.releases
            .get(index)
            .is_none_or(|(release, _)| release.has)
    }

    pub(super) fn spot(&self, index: usize) -> Spot {
        match self.releases.get(index) {
            Some((release, place)) => Spot {
                place: *place,
                number: Some(release.number),
            },
            None => Spot {
                place: self.newest + 1 + index - self.releases.len(),
                number: None,
            },
        }
    }

    /// One past the index of the line at this place, at least one past the newest release.
    pub(super) fn until(&self, place: usize) -> usize {
        self.releases.len() + place.saturating_sub(self.newest)
    }
}
