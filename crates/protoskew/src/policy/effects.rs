//! What a change does in one meeting: which side reads, in which message, with what outcome.

use std::sync::Arc;

use protoskew_compare::{
    ByRuntime, CallOutcome, Carrier, Impact, Indexed, JsonImpact, Reach, Travels,
};
use protoskew_schema::Name;

use super::meetings::LinkPolicy;

/// The message that holds any other, and names it.
pub(super) const ANY: &str = "google.protobuf.Any";

/// One effect of a change on one meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// On a value.
    Value {
        /// `request`, `response`, or `stored` of a store, or where no service says who reads.
        direction: &'static str,
        /// Whether the newer side writes.
        newer_writes: bool,
        /// Whether it is written as JSON.
        json: bool,
        /// By the reader's runtime.
        outcome: ByRuntime,
    },
    /// On a call.
    Call(CallOutcome),
}

/// Where a schema's types travel: in each link, and at all.
#[derive(Clone, Debug)]
pub(super) struct Reached {
    by_link: Vec<Arc<Reach>>,
    anywhere: Arc<Reach>,
}

impl Reached {
    pub(super) fn new(links: &[LinkPolicy], indexed: &Indexed) -> Self {
        let schema = indexed.schema();
        let stored = |link: &LinkPolicy| link.stored.clone().unwrap_or_default();
        let everything_stored: Vec<Name> = links.iter().flat_map(stored).collect();
        let called = Arc::clone(indexed.reach());
        let anywhere = if everything_stored.is_empty() {
            Arc::clone(&called)
        } else {
            Arc::new(Reach::clone(&called).and_from(schema, &everything_stored))
        };
        let by_link = links
            .iter()
            .map(|link| {
                if let Some(messages) = &link.stored {
                    Arc::new(Reach::default().and_from(schema, messages))
                } else if link.services.is_empty() {
                    Arc::clone(&called)
                } else {
                    Arc::new(Reach::new(schema, |service| link.serves(service)))
                }
            })
            .collect();
        Self { by_link, anywhere }
    }
}

/// A meeting between an older and a newer schema, over one link.
#[derive(Clone, Copy, Debug)]
pub(super) struct Across<'a> {
    pub(super) link: &'a LinkPolicy,
    pub(super) link_index: usize,
    pub(super) old: &'a Reached,
    pub(super) new: &'a Reached,
    /// Whether the client has the newer schema.
    pub(super) newer_is_client: bool,
}

impl Across<'_> {
    /// What the change does in this meeting.
    pub(super) fn effects(&self, impact: &Impact, json: Option<&JsonImpact>) -> Vec<Effect> {
        // what is stored as JSON is in no other form; a link that speaks JSON speaks both
        let json_alone = self.link.is_store() && self.link.json.is_some();
        let mut effects = if json_alone {
            Vec::new()
        } else {
            self.on_the_wire(impact)
        };
        effects.extend(json.into_iter().flat_map(|json| self.json_effects(json)));
        effects
    }

    fn on_the_wire(&self, impact: &Impact) -> Vec<Effect> {
        match impact {
            Impact::None => Vec::new(),
            Impact::Call {
                old_client,
                new_client,
                service,
            } => {
                let outcome = if self.newer_is_client {
                    *new_client
                } else {
                    *old_client
                };
                let served = self.link.serves(service);
                served
                    .then_some(Effect::Call(outcome))
                    .into_iter()
                    .collect()
            }
            Impact::Values { outcomes, carrier } => self.values(carrier, false, |newer_writes| {
                if newer_writes {
                    outcomes.new_to_old
                } else {
                    outcomes.old_to_new
                }
            }),
        }
    }

    /// What it does where the two speak JSON.
    fn json_effects(&self, json: &JsonImpact) -> Vec<Effect> {
        let Some(parser) = self.link.json else {
            return Vec::new();
        };
        let mut effects = self.values(&json.carrier, true, |newer_writes| {
            json.reading(newer_writes).outcomes(parser)
        });
        // who writes what no service reaches, and as what, nobody knows
        let known = |effect: &Effect| {
            let stored = matches!(
                effect,
                Effect::Value {
                    direction: "stored",
                    ..
                }
            );
            !stored || self.link.is_store()
        };
        effects.retain(known);
        effects
    }

    /// One effect for each role in which the carrier travels.
    fn values(
        &self,
        carrier: &Carrier,
        json: bool,
        outcome: impl Fn(bool) -> ByRuntime,
    ) -> Vec<Effect> {
        let value = |direction, newer_writes| Effect::Value {
            direction,
            newer_writes,
            json,
            outcome: outcome(newer_writes),
        };
        let (travels, stored) = self.travels(carrier);
        let mut effects = Vec::new();
        if travels.request {
            let direction = if self.link.is_store() {
                "stored"
            } else {
                "request"
            };
            effects.push(value(direction, self.newer_is_client));
        }
        if travels.response {
            effects.push(value("response", !self.newer_is_client));
        }
        if stored {
            effects.push(value("stored", true));
            effects.push(value("stored", false));
        }
        effects
    }

    /// The roles in which the carrier travels over this link, and whether no service reaches it at all.
    fn travels(&self, carrier: &Carrier) -> (Travels, bool) {
        match carrier {
            Carrier::Request(service) => (
                Travels {
                    request: self.link.serves(service),
                    response: false,
                },
                false,
            ),
            Carrier::Response(service) => (
                Travels {
                    request: false,
                    response: self.link.serves(service),
                },
                false,
            ),
            Carrier::Any => {
                let of = |reached: &Reached| reached.by_link[self.link_index].of(ANY);
                (together(Some(of(self.old)), Some(of(self.new))), false)
            }
            Carrier::Element { old, new } => {
                let of =
                    |reach: &Reach, name: &Option<Name>| name.as_ref().map(|name| reach.of(name));
                let in_link = |reached: &Reached, name| of(&reached.by_link[self.link_index], name);
                let anywhere = together(of(&self.old.anywhere, old), of(&self.new.anywhere, new));
                (
                    together(in_link(self.old, old), in_link(self.new, new)),
                    anywhere.unreached() && !self.link.is_store(),
                )
            }
        }
    }
}

/// What travels through methods that both sides have; where the roles of the two sides share nothing, any of them.
fn together(old: Option<Travels>, new: Option<Travels>) -> Travels {
    let (Some(a), Some(b)) = (old, new) else {
        return old.or(new).unwrap_or_default();
    };
    let both = Travels {
        request: a.request && b.request,
        response: a.response && b.response,
    };
    if both.unreached() {
        Travels {
            request: a.request || b.request,
            response: a.response || b.response,
        }
    } else {
        both
    }
}
