//! Which cells of the table can be reached at all: what a kind of change can do in a runtime, and why not the rest.

use protoskew_compare::{Outcome, Runtime};

/// The kinds of change that have outcomes of values.
pub(super) fn constructs() -> impl Iterator<Item = &'static str> {
    [
        "EnumOpennessChanged",
        "EnumValueAdded",
        "EnumValueRemoved",
        "EnumValueRenumbered",
        "EnumZeroChanged",
        "ExtensionAdded",
        "ExtensionMoved",
        "ExtensionRemoved",
        "FieldAdded",
        "FieldCardinalityChanged",
        "FieldDefaultChanged",
        "FieldEncodingChanged",
        "FieldOneofChanged",
        "FieldPresenceChanged",
        "FieldRemoved",
        "FieldRenumbered",
        "FieldTypeChanged",
    ]
    .into_iter()
}

/// Why a cell cannot be reached; `None` where it can.
pub(super) fn out_of_reach(
    _construct: &str,
    _runtime: Runtime,
    _outcome: Outcome,
) -> Option<&'static str> {
    None
}
