//! Who must be upgraded first so that what breaks is never met.

use crate::verdict::Judged;

/// Who must be upgraded first so that the broken meetings never happen.
pub(super) fn order(judged: &Judged) -> String {
    let broken = Broken::of(judged);
    let order = broken.calls.order().or(broken.at_rest.at_rest());
    order.unwrap_or_default().to_owned()
}

/// When something breaks.
#[derive(Clone, Copy, Default)]
pub(super) struct When {
    /// When the client is newer; at rest, when it was rolled back.
    newer_client: bool,
    /// When the server is; at rest, when it was upgraded.
    newer_server: bool,
}

/// When a finding breaks calls, and what is at rest.
pub(super) struct Broken {
    pub(super) calls: When,
    pub(super) at_rest: When,
}

impl Broken {
    pub(super) fn of(judged: &Judged) -> Self {
        let broken = |at_rest: bool| {
            let groups = judged.meetings.iter();
            let broken = groups.filter(|it| it.outcome.breaks() && it.at_rest == at_rest);
            broken.fold(When::default(), |when, group| {
                when.or(When {
                    newer_client: group.subject_is_client,
                    newer_server: !group.subject_is_client,
                })
            })
        };
        Self {
            calls: broken(false),
            at_rest: broken(true),
        }
    }
}

impl When {
    /// When one of the two breaks.
    pub(super) fn or(self, other: Self) -> Self {
        Self {
            newer_client: self.newer_client || other.newer_client,
            newer_server: self.newer_server || other.newer_server,
        }
    }

    /// Whether it breaks whoever is newer.
    pub(super) fn always(self) -> bool {
        self.newer_client && self.newer_server
    }

    /// Who must be upgraded first so that no call is broken; `None` where none is.
    pub(super) fn order(self) -> Option<&'static str> {
        Some(match (self.newer_client, self.newer_server) {
            (true, true) => "no order of upgrades helps: it breaks whichever side is newer",
            (true, false) => "upgrade every server before the first client",
            (false, true) => "upgrade every client before the first server",
            (false, false) => return None,
        })
    }

    /// Which way is closed to what is at rest; `None` where none is.
    pub(super) fn at_rest(self) -> Option<&'static str> {
        Some(match (self.newer_client, self.newer_server) {
            (true, true) => {
                "neither way is open: a newer release cannot read what older ones wrote, nor one that was rolled back what a newer one wrote"
            }
            (true, false) => {
                "no way back: a release that was rolled back cannot read what a newer one wrote"
            }
            (false, true) => {
                "what older releases wrote must be converted before a newer one reads it"
            }
            (false, false) => return None,
        })
    }
}
