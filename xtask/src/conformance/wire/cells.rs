//! Which cells of the table can be reached: what a kind of change can do, in which runtimes, and why nothing else.

use protoskew_compare::{Outcome, Runtime};
use protoskew_wire::runtime::{
    Answers, BadText, ClosedBy, Extensions, MissingRequired, UnknownNumber, WireTypeDiffers,
};

/// A kind of change that has outcomes of values.
struct Construct {
    name: &'static str,
    /// What it can do by itself.
    does: &'static [(Outcome, In)],
    /// Why it can do nothing else.
    no_more: &'static str,
}

/// The runtimes in which a kind of change can have an outcome, by what they answer.
struct In {
    is: fn(&Answers) -> bool,
    /// Why it cannot in the others.
    otherwise: &'static str,
}

use Outcome::{Absent, Blind, Compatible, Lossy, Misread, Reject, Withdrawn};

const EVERY: In = In {
    is: |_| true,
    otherwise: "",
};
const REFUSES_MISSING: In = In {
    is: refuses_missing,
    otherwise: "a required field that is missing is accepted",
};
const READS_EXTENSIONS: In = In {
    is: |it| it.extensions.is == Extensions::Registered,
    otherwise: "extensions are never read",
};
const READS_NO_EXTENSIONS: In = In {
    is: |it| it.extensions.is == Extensions::Never,
    otherwise: "a registered extension is read as any field",
};
const HOLDS_NUMBERS: In = In {
    is: |it| it.closed_by.is != ClosedBy::Always || answers(it, UnknownNumber::Held),
    otherwise: "every enum is closed, and holds no number that it does not list",
};
const SETS_NUMBERS_ASIDE: In = In {
    is: |it| answers(it, UnknownNumber::Unset),
    otherwise: "a closed enum holds any number, or refuses it",
};
const REFUSES_NUMBERS: In = In {
    is: |it| {
        let required = it.closed_singular.is == UnknownNumber::Unset && refuses_missing(it);
        answers(it, UnknownNumber::Refuse) || required
    },
    otherwise: "no number of an enum is refused, nor is a required field without one",
};
const READS_ANYWAY: In = In {
    is: |it| it.wire_type.is == WireTypeDiffers::ReadAnyway,
    otherwise: "what has another wire type is not read",
};
const SKIPS_NOT: In = In {
    is: |it| it.wire_type.is != WireTypeDiffers::Skip,
    otherwise: "what has another wire type is skipped",
};
const SKIPS_OR_REPLACES: In = In {
    is: |it| it.wire_type.is == WireTypeDiffers::Skip || it.verified_text.is == BadText::Replace,
    otherwise: "another wire type, and text that is not UTF-8, are refused or read as they are",
};
const REFUSES_BYTES: In = In {
    is: |it| {
        it.wire_type.is != WireTypeDiffers::Skip
            || it.verified_text.is == BadText::Refuse
            || refuses_missing(it)
    },
    otherwise: "another wire type is skipped, text is not checked, and nothing is required",
};

fn refuses_missing(it: &Answers) -> bool {
    it.required.is == MissingRequired::Refuse
}

/// Whether a closed enum answers so, wherever it stands.
fn answers(it: &Answers, answer: UnknownNumber) -> bool {
    [
        it.closed_singular.is,
        it.closed_repeated.is,
        it.closed_in_oneof.is,
        it.closed_map.is,
    ]
    .contains(&answer)
}

const CONSTRUCTS: [Construct; 17] = [
    Construct {
        name: "EnumOpennessChanged",
        does: &[
            (Compatible, EVERY),
            (Lossy, SETS_NUMBERS_ASIDE),
            (Reject, REFUSES_NUMBERS),
        ],
        no_more: "both sides list the same values, and a number that neither lists is that to both",
    },
    Construct {
        name: "EnumValueAdded",
        does: &[
            (Compatible, EVERY),
            (Blind, HOLDS_NUMBERS),
            (Lossy, SETS_NUMBERS_ASIDE),
            (Reject, REFUSES_NUMBERS),
        ],
        no_more: "an enum has no other field to miss, and a number that is not listed is no other value",
    },
    Construct {
        name: "EnumValueRemoved",
        does: &[
            (Compatible, EVERY),
            (Blind, HOLDS_NUMBERS),
            (Lossy, SETS_NUMBERS_ASIDE),
            (Reject, REFUSES_NUMBERS),
        ],
        no_more: "a value that is never sent leaves no trace in the bytes, and a number that is not listed is no other value",
    },
    Construct {
        name: "EnumValueRenumbered",
        does: &[(Lossy, EVERY), (Reject, REFUSES_NUMBERS), (Misread, EVERY)],
        no_more: "the value is known to both sides, and does not arrive",
    },
    Construct {
        name: "EnumZeroChanged",
        does: &[(Compatible, EVERY), (Misread, EVERY)],
        no_more: "only what is absent is read as another value",
    },
    Construct {
        name: "ExtensionAdded",
        does: &[
            (Absent, READS_EXTENSIONS),
            (Blind, EVERY),
            (Compatible, READS_NO_EXTENSIONS),
        ],
        no_more: "one side does not have it, and no extension is required",
    },
    Construct {
        name: "ExtensionMoved",
        does: &[(Compatible, EVERY), (Blind, READS_NO_EXTENSIONS)],
        no_more: "its bytes are those of the field that it was or becomes",
    },
    Construct {
        name: "ExtensionRemoved",
        does: &[
            (Withdrawn, READS_EXTENSIONS),
            (Blind, EVERY),
            (Compatible, READS_NO_EXTENSIONS),
        ],
        no_more: "one side does not have it, and no extension is required",
    },
    Construct {
        name: "FieldAdded",
        does: &[(Absent, EVERY), (Blind, EVERY), (Reject, REFUSES_MISSING)],
        no_more: "one side does not have the number",
    },
    Construct {
        name: "FieldCardinalityChanged",
        does: &[
            (Compatible, EVERY),
            (Blind, READS_NO_EXTENSIONS),
            (Lossy, EVERY),
            (Reject, SKIPS_NOT),
            (Misread, READS_ANYWAY),
        ],
        no_more: "both sides have the field, and one value of it is what it was",
    },
    Construct {
        name: "FieldDefaultChanged",
        does: &[
            (Compatible, EVERY),
            (Blind, READS_NO_EXTENSIONS),
            (Misread, EVERY),
        ],
        no_more: "only what is absent is read as another value, and where it may be absent is a change of presence",
    },
    Construct {
        name: "FieldEncodingChanged",
        does: &[
            (Compatible, EVERY),
            (Blind, READS_NO_EXTENSIONS),
            (Lossy, SKIPS_OR_REPLACES),
            (Reject, REFUSES_BYTES),
            (Misread, READS_ANYWAY),
        ],
        no_more: "both sides have the field",
    },
    Construct {
        name: "FieldOneofChanged",
        does: &[(Compatible, EVERY), (Lossy, EVERY)],
        no_more: "its bytes are what they were, and no extension is in a oneof: at the worst a sibling takes its place",
    },
    Construct {
        name: "FieldPresenceChanged",
        does: &[(Compatible, EVERY), (Reject, REFUSES_MISSING)],
        no_more: "its bytes are what they were, and every extension has the same presence: at the worst they are missing",
    },
    Construct {
        name: "FieldRemoved",
        does: &[
            (Blind, EVERY),
            (Withdrawn, EVERY),
            (Reject, REFUSES_MISSING),
        ],
        no_more: "one side does not have the number",
    },
    Construct {
        name: "FieldRenumbered",
        does: &[
            (Blind, READS_NO_EXTENSIONS),
            (Lossy, EVERY),
            (Reject, EVERY),
            (Misread, EVERY),
        ],
        no_more: "the field is known to both sides, and does not arrive",
    },
    Construct {
        name: "FieldTypeChanged",
        does: &[
            (Compatible, EVERY),
            (Absent, EVERY),
            (Blind, EVERY),
            (Withdrawn, EVERY),
            (Lossy, EVERY),
            (Reject, EVERY),
            (Misread, EVERY),
        ],
        no_more: "",
    },
];

/// The kinds of change that have outcomes of values.
pub(in crate::conformance) fn constructs() -> impl Iterator<Item = &'static str> {
    CONSTRUCTS.iter().map(|construct| construct.name)
}

/// Why a cell cannot be reached; `None` where it can.
pub(super) fn out_of_reach(
    construct: &str,
    runtime: Runtime,
    outcome: Outcome,
) -> Option<&'static str> {
    let construct = CONSTRUCTS.iter().find(|it| it.name == construct)?;
    match construct.does.iter().find(|(it, _)| *it == outcome) {
        None => Some(construct.no_more),
        Some((_, runtimes)) if (runtimes.is)(runtime.answers()) => None,
        Some((_, runtimes)) => Some(runtimes.otherwise),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is out of reach has its reason, and every kind of change can do something in every runtime.
    #[test]
    fn what_is_out_of_reach_has_a_reason() {
        for construct in constructs() {
            for runtime in Runtime::ALL {
                let mut reached = 0;
                for outcome in Outcome::ALL.into_iter().filter(|it| *it != Outcome::Same) {
                    match out_of_reach(construct, runtime, outcome) {
                        None => reached += 1,
                        Some(reason) => assert_ne!(reason, "", "{construct} {runtime} {outcome}"),
                    }
                }
                assert!(reached > 0, "{construct} does nothing in {runtime}");
            }
        }
    }
}
