//! One meeting in which a finding hurts: all that a witness is made from.

use std::sync::Arc;

use protoskew_compare::{
    CallOutcome, Change, ChangeKind, Comparison, Indexed, Outcome, Proof, Reused, Runtime,
};
use protoskew_schema::{FieldType, Method, Name, Service};

use super::frames::{Sent, frames};
use super::{CallShown, Shown, Witness};
use crate::rules::{self, Check, Lens, Rule};
use crate::verdict::WorstOutcome;

/// One meeting in which a finding hurts.
#[derive(Clone, Debug)]
pub struct Case {
    /// The older schema.
    pub old: Arc<Indexed>,
    /// The newer one.
    pub new: Arc<Indexed>,
    /// What differs between them.
    pub comparison: Arc<Comparison>,
    /// The finding: its rule, its element, and what it is about.
    pub finding: (&'static str, Name, String),
    /// Where the history knows a number to have been used again: which.
    pub reused: Option<Arc<Reused>>,
    /// Who writes or calls.
    pub writer: String,
    /// Who reads or answers.
    pub reader: String,
    /// `request`, `response`, `stored` or `call`.
    pub direction: &'static str,
    /// Whether the older side writes or calls.
    pub older_acts: bool,
    /// Whether it is a message at rest.
    pub at_rest: bool,
    /// What becomes of it.
    pub outcome: WorstOutcome,
    /// How it travels.
    pub medium: Medium,
}

/// How what a case is about travels.
#[derive(Clone, Debug)]
pub enum Medium {
    /// In bytes.
    Bytes {
        /// What the reader is built with; where that is not known, the first of those that do this.
        runtime: Runtime,
        /// The reader writes the message back to the store, and loses what it does not know.
        rewritten: bool,
    },
    /// In JSON, with what is written and what is made of it.
    Json {
        /// As it is written.
        written: String,
        /// What becomes of it.
        read: String,
    },
    /// As a call.
    Call,
}

/// Whether a message shows more than the finding says: what breaks, what is missing where it used to be, and what a reader
/// ignores where the rule is about that.
pub(crate) fn worth_showing(rule: &Rule, outcome: Outcome) -> bool {
    outcome >= Outcome::Withdrawn || outcome == Outcome::Blind && rule.lens == Lens::Wire
}

impl Case {
    /// Cases of one finding and one kind are shown by the worst of them.
    pub(super) fn kind(&self) -> (bool, Option<bool>) {
        // a call that differs in its streaming passes one way; at rest, one way is the upgrade and the other the rollback
        let each_way = self.at_rest || matches!(self.medium, Medium::Call);
        (
            matches!(self.medium, Medium::Json { .. }),
            each_way.then_some(self.older_acts),
        )
    }

    /// What shows it; `None` where that cannot be shown.
    pub fn prove(&self) -> Option<Witness> {
        let shown = match &self.medium {
            Medium::Json { written, read } => Shown::Json {
                written: written.clone(),
                read: read.clone(),
            },
            Medium::Bytes { runtime, rewritten } => self.bytes(*runtime, *rewritten)?,
            Medium::Call => Shown::Call(self.call()?),
        };
        Some(Witness {
            writer: self.writer.clone(),
            reader: self.reader.clone(),
            direction: self.direction,
            outcome: self.outcome,
            schemas: matches!(shown, Shown::Bytes { .. }).then(|| {
                let [writer, reader] = if self.older_acts {
                    [&self.old, &self.new]
                } else {
                    [&self.new, &self.old]
                };
                [Arc::clone(writer), Arc::clone(reader)]
            }),
            shown,
        })
    }

    /// The change that the finding was found in.
    pub fn change(&self) -> Option<&Change> {
        let (rule, element, about) = &self.finding;
        let (Check::Change(check) | Check::ChangeOrPast(check, _)) = rules::find(rule)?.check
        else {
            return None;
        };
        let changes = &self.comparison.changes;
        let first = changes.partition_point(|change| change.element < *element);
        changes[first..]
            .iter()
            .take_while(|change| change.element == *element)
            .find(|change| change.kind.about() == *about && check(change).is_some())
    }

    fn bytes(&self, runtime: Runtime, rewritten: bool) -> Option<Shown> {
        let WorstOutcome::Value(outcome) = self.outcome else {
            return None;
        };
        let comparison = Compared {
            sides: [&self.old, &self.new],
            comparison: &self.comparison,
        };
        let told = Told {
            outcome,
            older_writes: self.older_acts,
            runtime,
            rewritten,
        };
        match &self.reused {
            Some(reused) => comparison.shown_again(reused, told),
            None => comparison.shown_in_bytes(self.change()?, told),
        }
    }

    fn call(&self) -> Option<CallShown> {
        let change = self.change()?;
        let WorstOutcome::Call(outcome) = self.outcome else {
            return None;
        };
        let client = if self.older_acts {
            &self.old
        } else {
            &self.new
        };
        Call::of(client, change, outcome, self.older_acts).map(Call::shown)
    }
}

/// Two schemas, the older one first, and what differs between them.
#[derive(Clone, Copy)]
pub(crate) struct Compared<'a> {
    pub(crate) sides: [&'a Indexed; 2],
    pub(crate) comparison: &'a Comparison,
}

/// What is told of a change in one direction.
#[derive(Clone, Copy)]
pub(crate) struct Told {
    pub(crate) outcome: Outcome,
    pub(crate) older_writes: bool,
    /// What the reader is built with.
    pub(crate) runtime: Runtime,
    pub(crate) rewritten: bool,
}

impl Compared<'_> {
    /// A message that shows what is told of the change.
    pub(crate) fn shown_in_bytes(self, change: &Change, told: Told) -> Option<Shown> {
        let proof = self
            .comparison
            .witness(self.sides, change, told.older_writes, told.runtime)?;
        told.shown(proof)
    }

    /// A message that shows what is told of a number that was used again.
    fn shown_again(self, reused: &Reused, told: Told) -> Option<Shown> {
        let (sides, runtime) = (self.sides, told.runtime);
        let comparison = self.comparison;
        told.shown(comparison.witness_of_reuse(sides, reused, told.older_writes, runtime)?)
    }
}

impl Told {
    fn shown(self, proof: Proof) -> Option<Shown> {
        // a message that does not show what is told would be no witness of it
        let shows = proof.outcome == self.outcome
            || proof.outcome.breaks() && self.outcome.breaks()
            || self.rewritten && proof.outcome == Outcome::Blind;
        shows.then(|| Shown::Bytes {
            runtime: (proof.alike.len() < Runtime::ALL.len()).then_some(self.runtime),
            proof: Box::new(proof),
            rewritten: self.rewritten,
        })
    }
}

/// A call that goes wrong: what tells it from others, and what shows it.
pub(crate) struct Call<'a> {
    client: &'a Indexed,
    method: &'a Method,
    path: String,
    what: Sent,
}

impl<'a> Call<'a> {
    /// The call that a change is about, from a client; `None` where nothing can be shown.
    pub(crate) fn of(
        client: &'a Indexed,
        change: &Change,
        outcome: CallOutcome,
        older_calls: bool,
    ) -> Option<Self> {
        let (service, method) = called(client, change, older_calls)?;
        let what = match (&change.kind, outcome) {
            (_, CallOutcome::CallRemoved | CallOutcome::NewCall) => Sent::Unknown,
            (ChangeKind::MethodStreamingChanged { old, new }, CallOutcome::CallChanged) => {
                let (client, server) = if older_calls { (old, new) } else { (new, old) };
                streams(client, server)?
            }
            _ => return None,
        };
        Some(Self {
            client,
            method,
            path: format!("/{}/{}", service.name, method.name),
            what,
        })
    }

    /// What is sent, and what becomes of it.
    fn told(&self) -> (&'static str, &'static str) {
        match self.what {
            Sent::Unknown => ("", "answers UNIMPLEMENTED"),
            Sent::TwoRequests => (
                "two requests",
                "takes one: the other is lost, an error or a hang, by runtime",
            ),
            Sent::TwoResponses => (
                "one request",
                "answers twice, and one answer is read: the other is lost, an error or a hang, by runtime",
            ),
        }
    }

    /// What makes two of them one.
    pub(crate) fn about(&self) -> String {
        let (sent, comes) = self.told();
        format!("{}{sent}{comes}", self.path)
    }

    /// The call, frame by frame.
    pub(crate) fn shown(self) -> CallShown {
        let (sent, comes) = self.told();
        let name = |ty: &FieldType| match ty {
            FieldType::Message(target) | FieldType::Enum(target) => target.name.to_string(),
            FieldType::Unresolved(name) => name.to_string(),
            FieldType::Scalar(scalar) => format!("{scalar:?}"),
        };
        CallShown {
            frames: frames(self.client, &self.path, self.method, self.what),
            path: self.path,
            request: name(&self.method.request),
            response: name(&self.method.response),
            sent,
            comes,
        }
    }
}

/// The method that the client calls: the changed one, or the first of a service or package that went.
fn called<'a>(
    client: &'a Indexed,
    change: &Change,
    older_calls: bool,
) -> Option<(&'a Service, &'a Method)> {
    let mut services = client.schema().services.iter();
    match &change.kind {
        ChangeKind::ServiceRenamed { old } if older_calls => {
            services.find(|service| service.name == *old)
        }
        ChangeKind::PackageRenamed { old, new, .. } => {
            let package = if older_calls { old } else { new };
            services.find(|service| {
                client.judged(service.file) && client.file(service.file).package == *package
            })
        }
        ChangeKind::ServiceRemoved { .. } | ChangeKind::ServiceRenamed { .. } => {
            services.find(|service| service.name == change.element)
        }
        _ => {
            let (owner, name) = change.element.rsplit_once('.')?;
            let service = services.find(|service| service.name == *owner)?;
            let method = service.methods.iter().find(|method| method.name == *name)?;
            return Some((service, method));
        }
    }
    .and_then(|service| Some((service, service.methods.first()?)))
}

/// What does not pass between two sides that differ on streaming; the first is the client's. `None` where exactly one message is
/// sent, which passes: this side's program was never written for more.
fn streams(client: &str, server: &str) -> Option<Sent> {
    let sends_many = |kind: &str| matches!(kind, "client streaming" | "bidirectional streaming");
    let gets_many = |kind: &str| matches!(kind, "server streaming" | "bidirectional streaming");
    if sends_many(client) && !sends_many(server) {
        Some(Sent::TwoRequests)
    } else if gets_many(server) && !gets_many(client) {
        Some(Sent::TwoResponses)
    } else {
        None
    }
}
