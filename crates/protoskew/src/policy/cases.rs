//! Which meetings of a finding are to be shown by a witness: of each kind the worst, and of equals the newest.

use std::sync::Arc;

use protoskew_schema::Name;

use super::felt::Felt;
use super::judge::{Base, Judge};
use crate::finding::Finding;
use crate::rules::{Rule, Scope};
use crate::verdict::WorstOutcome;
use crate::witness::{Case, Medium, Witnesses, worth_showing};

impl Judge<'_> {
    /// The meetings of one finding against one base that a witness can show.
    pub(super) fn witnesses(
        &self,
        base: &Base,
        (finding, rule): (&Finding, &Rule),
        effects: &[Felt],
        at_worst: bool,
    ) -> Witnesses {
        let mut witnesses = Witnesses::default();
        let cases = effects
            .iter()
            .filter_map(|effect| self.case(base, (finding, rule), effect, at_worst));
        for case in cases {
            witnesses.merge(Witnesses::of(vec![case]), true);
        }
        witnesses
    }

    fn case(
        &self,
        base: &Base,
        (finding, rule): (&Finding, &Rule),
        effect: &Felt,
        at_worst: bool,
    ) -> Option<Case> {
        let outcome = if at_worst { effect.worst } else { effect.least };
        let rewritten = rule.scope == Scope::Rewrite;
        let medium = match outcome {
            WorstOutcome::Call(outcome) if outcome.breaks() => Medium::Call,
            WorstOutcome::Value(outcome) if effect.json => {
                let reading = finding.json.as_deref()?.reading(effect.subject_acts);
                if !outcome.breaks() || reading.written.is_empty() {
                    return None;
                }
                Medium::Json {
                    written: reading.written.clone(),
                    read: reading.read(outcome),
                }
            }
            WorstOutcome::Value(outcome) if worth_showing(rule, outcome) => {
                let mut runtimes = match effect.reader {
                    Some(runtime) => vec![runtime],
                    None => effect.by_runtime?.runtimes_where(|each| each == outcome),
                };
                if rewritten {
                    runtimes.retain(|runtime| effect.dropped_by.contains(runtime));
                }
                Medium::Bytes {
                    runtime: *runtimes.first()?,
                    rewritten,
                }
            }
            _ => return None,
        };
        let (client, server, subject_is_client) = self.sides(base, finding, effect)?;
        let (writer, reader) = if effect.subject_acts == subject_is_client {
            (client, server)
        } else {
            (server, client)
        };
        Some(Case {
            old: Arc::clone(&base.indexed),
            new: Arc::clone(&self.subject.indexed),
            comparison: Arc::clone(base.comparison.as_ref()?),
            finding: (finding.rule, finding.element.clone(), finding.about.clone()),
            reused: finding.reused.clone(),
            writer,
            reader,
            direction: effect.direction,
            older_acts: !effect.subject_acts,
            at_rest: effect.at_rest,
            outcome,
            medium,
        })
    }

    /// The client and the server of an effect, as a person names them, and whether what is judged is the client.
    fn sides(
        &self,
        base: &Base,
        finding: &Finding,
        effect: &Felt,
    ) -> Option<(String, String, bool)> {
        let old = finding.old.as_ref().map(|site| &site.origin.label);
        let (link, subject_is_client, peer) = match base.roles.get(effect.role) {
            Some(role) => (role.link, role.subject_is_client, Some(&role.peer)),
            // no release has the schema: what it is called is all there is
            None => (0, effect.role == 0, old),
        };
        let link = self.links.get(link)?;
        let named = |component: &Name, is_subject: bool| match (is_subject, peer) {
            (true, _) => format!("{component} {}", self.subject.label),
            (false, Some(peer)) => format!("{component} {peer}"),
            (false, None) => component.to_string(),
        };
        Some((
            named(&link.client, subject_is_client),
            named(&link.server, !subject_is_client),
            subject_is_client,
        ))
    }
}
