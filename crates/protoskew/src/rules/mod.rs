//! The rules: each a folder with its metadata, one check function and its page. A rule states a fact; how loud it is, policy decides.
//!
//! To add a rule: one folder (`mod.rs` and `README.md`) and one line in [`ALL`].

use std::sync::Arc;

use protoskew_compare::{Change, Comparison, Impact, Indexed, Place};
use protoskew_schema::Name;

use crate::breach::{Fenced, Told};
use crate::finding::{Finding, Origin, Site};
use crate::life::Lived;
use crate::review::Review;
use crate::verdict::Level;

mod absence_ambiguous;
mod change_unacknowledged;
mod change_unanalysed;
mod copy_drifted;
mod deprecated_past_window;
mod enum_added;
mod enum_name_unreserved;
mod enum_number_reused;
mod enum_number_unreserved;
mod enum_openness_changed;
mod enum_removed;
mod enum_renamed;
mod enum_value_added;
mod enum_value_aliased;
mod enum_value_removed;
mod enum_value_renamed;
mod enum_value_renumbered;
mod enum_zero_changed;
mod extension_moved;
mod extension_number_reused;
mod extension_range_dropped;
mod extension_removed;
mod feature_default_too_early;
mod feature_enabled_on_introduction;
mod feature_life_contradicted;
mod feature_undeclared;
mod field_added_to_json;
mod field_cardinality_changed;
mod field_default_changed;
mod field_encoding_changed;
mod field_lost_on_rewrite;
mod field_name_unreserved;
mod field_number_reused;
mod field_number_unreserved;
mod field_oneof_changed;
mod field_presence_changed;
mod field_renamed;
mod field_renumbered;
mod field_type_changed;
mod field_withdrawn;
mod file_moved;
mod file_option_changed;
mod file_removed;
mod generated_code_changed;
mod idempotency_changed;
mod import_public_removed;
mod json_format_changed;
mod json_name_changed;
mod message_name_reused;
mod message_removed;
mod message_renamed;
mod message_set_changed;
mod method_added;
mod method_path_reused;
mod method_removed;
mod method_request_changed;
mod method_response_changed;
mod method_streaming_changed;
mod oneof_member_added;
mod oneof_removed;
mod oneof_renamed;
mod option_changed;
mod package_renamed;
#[cfg(test)]
mod pages;
mod proto_unreadable;
mod redundant_field_removed_early;
mod removed_undeprecated;
mod required_field_added;
mod required_field_removed;
mod reserved_range_dropped;
mod service_removed;
mod service_renamed;
mod symbol_visibility_narrowed;
mod syntax_changed;
mod version_on_the_wire;

/// Every rule, in the order of its id.
pub const ALL: &[Rule] = &[
    absence_ambiguous::RULE,
    change_unacknowledged::RULE,
    change_unanalysed::RULE,
    copy_drifted::RULE,
    deprecated_past_window::RULE,
    enum_added::RULE,
    enum_name_unreserved::RULE,
    enum_number_reused::RULE,
    enum_number_unreserved::RULE,
    enum_openness_changed::RULE,
    enum_removed::RULE,
    enum_renamed::RULE,
    enum_value_added::RULE,
    enum_value_aliased::RULE,
    enum_value_removed::RULE,
    enum_value_renamed::RULE,
    enum_value_renumbered::RULE,
    enum_zero_changed::RULE,
    extension_moved::RULE,
    extension_number_reused::RULE,
    extension_range_dropped::RULE,
    extension_removed::RULE,
    feature_default_too_early::RULE,
    feature_enabled_on_introduction::RULE,
    feature_life_contradicted::RULE,
    feature_undeclared::RULE,
    field_added_to_json::RULE,
    field_cardinality_changed::RULE,
    field_default_changed::RULE,
    field_encoding_changed::RULE,
    field_lost_on_rewrite::RULE,
    field_name_unreserved::RULE,
    field_number_reused::RULE,
    field_number_unreserved::RULE,
    field_oneof_changed::RULE,
    field_presence_changed::RULE,
    field_renamed::RULE,
    field_renumbered::RULE,
    field_type_changed::RULE,
    field_withdrawn::RULE,
    file_moved::RULE,
    file_option_changed::RULE,
    file_removed::RULE,
    generated_code_changed::RULE,
    idempotency_changed::RULE,
    import_public_removed::RULE,
    json_format_changed::RULE,
    json_name_changed::RULE,
    message_name_reused::RULE,
    message_removed::RULE,
    message_renamed::RULE,
    message_set_changed::RULE,
    method_added::RULE,
    method_path_reused::RULE,
    method_removed::RULE,
    method_request_changed::RULE,
    method_response_changed::RULE,
    method_streaming_changed::RULE,
    oneof_member_added::RULE,
    oneof_removed::RULE,
    oneof_renamed::RULE,
    option_changed::RULE,
    package_renamed::RULE,
    proto_unreadable::RULE,
    redundant_field_removed_early::RULE,
    removed_undeprecated::RULE,
    required_field_added::RULE,
    required_field_removed::RULE,
    reserved_range_dropped::RULE,
    service_removed::RULE,
    service_renamed::RULE,
    symbol_visibility_narrowed::RULE,
    syntax_changed::RULE,
    version_on_the_wire::RULE,
];

/// A rule.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Its id: a fact in kebab case that reads well after "allow".
    pub id: &'static str,
    /// The fact in one short line.
    pub summary: &'static str,
    /// The guideline that it keeps (`R1`, `GL2`, …), or `Calls`, `Names`.
    pub guideline: &'static str,
    /// What breaks.
    pub lens: Lens,
    /// How loud it is without configuration.
    pub level: DefaultLevel,
    /// To whom it matters.
    pub scope: Scope,
    /// Its page, in Markdown.
    pub page: &'static str,
    /// The check.
    pub check: Check,
}

/// What a rule looks at.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// One change between two schemas.
    Change(fn(&Change) -> Option<Fact>),
    /// One thing that the judged schema does against everything ever checked in.
    Past(fn(&Told) -> Option<Fact>),
    /// Either.
    ChangeOrPast(fn(&Change) -> Option<Fact>, fn(&Told) -> Option<Fact>),
    /// What is wrong with, or to be known of, the life of a feature.
    Life(fn(&Lived) -> Option<Fact>),
    /// What is wrong with the judged schema itself: its diagnostics.
    Diagnostics,
    /// One schema as a whole, by itself; what the baseline shows as well is known.
    Whole(fn(&Indexed) -> Vec<Seen>),
    /// What people did about a change: its analysis and its acknowledgements, where the team asks for them.
    Review(fn(&Review) -> Option<Fact>),
}

/// What a rule saw in one schema by itself.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Full name of the element.
    pub element: Name,
    /// What it is about, beside rule and element: no lines, no commits.
    pub about: String,
    /// Where it stands.
    pub place: Place,
    /// What it is held against, where that stands in the same schema.
    pub against: Option<Place>,
    /// The fact, with labels for what it is held against (the older one) and for where it stands.
    pub fact: Fact,
}

/// What breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lens {
    /// Bytes or calls.
    Wire,
    /// ProtoJSON.
    Json,
    /// Generated source.
    Source,
    /// Nothing yet: advice on how to evolve.
    Advice,
}

impl Lens {
    /// The word used for it everywhere.
    pub const fn word(self) -> &'static str {
        match self {
            Lens::Wire => "wire",
            Lens::Json => "json",
            Lens::Source => "source",
            Lens::Advice => "advice",
        }
    }
}

/// How loud a rule is without configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultLevel {
    /// Always the same.
    Fixed(Level),
    /// `deny` where a meeting breaks (from `lossy` on), else as given.
    ByOutcome(Level),
    /// `warn`, and `deny` in a configured link.
    WarnUntilConfigured,
    /// `deny` where a link or store speaks JSON, else as given.
    WhereJson(Level),
    /// Off until the configuration asks for it; then as given.
    WhereAsked(Level),
}

impl DefaultLevel {
    /// The loudest that it can be: what a table shows.
    pub const fn loudest(self) -> Level {
        match self {
            DefaultLevel::Fixed(level) => level,
            DefaultLevel::ByOutcome(_)
            | DefaultLevel::WarnUntilConfigured
            | DefaultLevel::WhereJson(_) => Level::Deny,
            DefaultLevel::WhereAsked(level) => level,
        }
    }
}

/// To whom a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// A fence around a number or name that is gone: it matters whoever meets whom, and has no outcome of its own.
    Fence,
    /// Numbers are spent for ever: it matters even where no release carried them, and whoever meets whom.
    Spent,
    /// Only where two releases may meet; what no release carried is a warning at the most.
    Meeting,
    /// Only in a store, where a release that was rolled back may write anew what a newer one wrote, with a runtime that drops
    /// what it does not know.
    Rewrite,
    /// Only where two releases that may meet speak JSON, and it breaks there.
    Json,
    /// Whoever builds against the source.
    Source,
    /// The life of a feature: the fact says for whom it is too early.
    Life,
}

impl Scope {
    /// Whether what becomes of values and calls is such a rule's affair.
    pub const fn has_outcome(self) -> bool {
        !matches!(self, Scope::Fence | Scope::Life)
    }

    /// Whether findings of such rules have meetings.
    pub const fn meets(self) -> bool {
        matches!(
            self,
            Scope::Spent | Scope::Meeting | Scope::Rewrite | Scope::Json
        )
    }
}

/// What a rule found in a change; place and outcome come with the change.
#[derive(Clone, Debug, Default)]
pub struct Fact {
    /// The fact in one sentence, without a full stop.
    pub fact: String,
    /// What to do instead.
    pub help: String,
    /// What stands at the older place, in a few words.
    pub old_label: String,
    /// What stands at the newer place, in a few words.
    pub new_label: String,
    /// A documented exception: shown as a note, whatever the rule's level.
    pub exception: bool,
    /// What is to be reserved at the newer place.
    pub reserve: Option<Fenced>,
}

impl Fact {
    /// A fact and what to do instead.
    pub fn new(fact: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            fact: fact.into(),
            help: help.into(),
            ..Self::default()
        }
    }

    /// With words for the two places.
    #[must_use]
    pub fn labels(mut self, old: impl Into<String>, new: impl Into<String>) -> Self {
        self.old_label = old.into();
        self.new_label = new.into();
        self
    }

    /// With what is to be reserved: `protoskew fix` writes it.
    #[must_use]
    pub fn reserve(mut self, what: Fenced) -> Self {
        self.reserve = Some(what);
        self
    }

    /// As a documented exception, where `exception` holds.
    #[must_use]
    pub fn exception_if(mut self, exception: bool) -> Self {
        self.exception = exception;
        self
    }
}

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    ALL.binary_search_by(|rule| rule.id.cmp(id))
        .ok()
        .map(|index| &ALL[index])
}

/// One side of a comparison, as findings name it.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The schema.
    pub indexed: &'a Indexed,
    /// Where it came from.
    pub origin: &'a Arc<Origin>,
}

/// Asks every rule about every change between two schemas. The order is the changes' order, then the rules'.
pub fn run(old: Side<'_>, new: Side<'_>, comparison: &Comparison) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &comparison.changes {
        for rule in ALL {
            if let Check::Change(check) | Check::ChangeOrPast(check, _) = rule.check
                && let Some(fact) = check(change)
            {
                findings.push(finding(rule, old, new, change, fact));
            }
        }
    }
    findings
}

/// The rules that have something to tell of a change.
pub fn that_tell(change: &Change) -> impl Iterator<Item = &'static Rule> {
    ALL.iter().filter(|rule| match rule.check {
        Check::Change(check) | Check::ChangeOrPast(check, _) => check(change).is_some(),
        _ => false,
    })
}

/// Asks every rule about everything that the judged schema does against its past. The order is that of the breaches.
pub fn past(told: &[Told]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for told in told {
        for rule in ALL {
            if let Check::Past(check) | Check::ChangeOrPast(_, check) = rule.check
                && let Some(fact) = check(told)
            {
                findings.push(Finding {
                    rule: rule.id,
                    element: told.element.clone(),
                    about: told.kind.about(),
                    fact: fact.fact,
                    new: Some(Site {
                        label: fact.new_label,
                        ..told.new.clone()
                    }),
                    old: Some(Site {
                        label: fact.old_label,
                        ..told.old.clone()
                    }),
                    impact: Impact::None,
                    json: None,
                    reused: None,
                    exception: fact.exception,
                    reserve: fact.reserve,
                    help: fact.help,
                });
            }
        }
    }
    findings
}

/// Asks every rule about everything that is wrong with the lives of features. The order is theirs.
pub fn life(lived: &[Lived]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for lived in lived {
        for rule in ALL {
            if let Check::Life(check) = rule.check
                && let Some(fact) = check(lived)
            {
                findings.push(Finding {
                    rule: rule.id,
                    element: lived.element.clone(),
                    about: lived.kind.about(&lived.feature),
                    fact: fact.fact,
                    new: lived.new.clone(),
                    old: lived.old.clone(),
                    impact: Impact::None,
                    json: None,
                    reused: None,
                    exception: fact.exception,
                    help: fact.help,
                    reserve: None,
                });
            }
        }
    }
    findings
}

fn finding(
    rule: &'static Rule,
    old: Side<'_>,
    new: Side<'_>,
    change: &Change,
    fact: Fact,
) -> Finding {
    Finding {
        rule: rule.id,
        element: change.element.clone(),
        about: change.kind.about(),
        fact: fact.fact,
        new: change.new.map(|place| site(new, place, fact.new_label)),
        old: change.old.map(|place| site(old, place, fact.old_label)),
        impact: if rule.scope.has_outcome() {
            change.impact.clone()
        } else {
            Impact::None
        },
        json: change.json.clone().filter(|_| rule.scope.has_outcome()),
        reused: None,
        exception: fact.exception,
        reserve: fact.reserve,
        help: fact.help,
    }
}

fn site(side: Side<'_>, place: Place, label: String) -> Site {
    let file = &side.indexed.schema().files[place.file as usize];
    Site {
        origin: Arc::clone(side.origin),
        path: file.path.clone(),
        text: Arc::clone(&file.text),
        places: file.places,
        span: place.span,
        label,
    }
}

/// Asks every rule about one schema by itself: what is wrong with it, then what rules see in it as a whole.
pub fn by_itself(new: Side<'_>) -> Vec<Finding> {
    let mut findings = diagnostics(new);
    for rule in ALL {
        let Check::Whole(check) = rule.check else {
            continue;
        };
        findings.extend(check(new.indexed).into_iter().map(|seen| {
            Finding {
                rule: rule.id,
                element: seen.element,
                about: seen.about,
                fact: seen.fact.fact,
                new: Some(site(new, seen.place, seen.fact.new_label)),
                old: seen
                    .against
                    .map(|place| site(new, place, seen.fact.old_label)),
                impact: Impact::None,
                json: None,
                reused: None,
                exception: seen.fact.exception,
                reserve: seen.fact.reserve,
                help: seen.fact.help,
            }
        }));
    }
    findings
}

/// Whether a finding may speak for others, see [`is_part_of`].
pub fn has_parts(finding: &Finding) -> bool {
    finding.rule == file_removed::RULE.id
}

/// Whether one finding is no more than a part of another, which then speaks for it: what was declared in a file that is gone. What it
/// does to calls and values is told all the same.
pub fn is_part_of(part: &Finding, whole: &Finding) -> bool {
    let declared = matches!(
        part.rule,
        "message-removed" | "enum-removed" | "extension-removed"
    );
    declared
        && matches!(part.impact, Impact::None)
        && has_parts(whole)
        && part
            .old
            .as_ref()
            .is_some_and(|old| old.path == whole.element)
}

/// What a finding is about, and of an option the option alone, whatever it said before.
pub fn whatever_it_said(finding: &Finding) -> &str {
    let of_options = [
        file_option_changed::RULE.id,
        generated_code_changed::RULE.id,
        option_changed::RULE.id,
    ];
    let option = finding.about.split_once(": ");
    let option = option.filter(|_| of_options.contains(&finding.rule));
    option.map_or(&finding.about, |(option, _)| option)
}

/// Asks every rule about what people did about a change.
pub fn reviewed(new: Side<'_>, review: &Review) -> Vec<Finding> {
    let mut findings = Vec::new();
    for rule in ALL {
        let Check::Review(check) = rule.check else {
            continue;
        };
        findings.extend(check(review).map(|fact| Finding {
            rule: rule.id,
            element: review.element.clone(),
            about: review.fingerprint.clone(),
            fact: fact.fact,
            new: Some(site(new, review.place, fact.new_label)),
            old: None,
            impact: Impact::None,
            json: None,
            reused: None,
            exception: fact.exception,
            help: fact.help,
            reserve: None,
        }));
    }
    findings
}

/// Reports what is wrong with the judged schema itself, one finding for each diagnostic of a judged file.
fn diagnostics(new: Side<'_>) -> Vec<Finding> {
    let schema = new.indexed.schema();
    schema
        .diagnostics
        .iter()
        .filter(|diagnostic| {
            diagnostic.severity == protoskew_schema::Severity::Error
                && new.indexed.judged(diagnostic.file)
        })
        .map(|diagnostic| Finding {
            rule: proto_unreadable::RULE.id,
            element: schema.files[diagnostic.file as usize].path.clone(),
            about: diagnostic.message.clone(),
            fact: diagnostic.message.clone(),
            new: Some(site(
                new,
                Place {
                    file: diagnostic.file,
                    span: diagnostic.span,
                },
                String::new(),
            )),
            old: None,
            impact: Impact::None,
            json: None,
            reused: None,
            exception: false,
            reserve: None,
            help: diagnostic
                .help
                .clone()
                .unwrap_or_else(|| "protoc rejects this file too: correct it first".to_owned()),
        })
        .collect()
}
