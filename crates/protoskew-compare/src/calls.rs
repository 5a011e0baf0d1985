//! Compares two services method by method: a method is itself by its path.

use std::sync::Arc;

use protoskew_schema::{FieldType, FileId, Method, Service};

use crate::change::{Carrier, Change, ChangeKind, Impact, Place};
use crate::json::Lens;
use crate::members::Methods;
use crate::outcome::{CallOutcome, Outcome};
use crate::types::{method_type, type_word};

/// Appends the changes between two services of the same path.
pub(crate) fn compare(
    lens: Lens<'_>,
    (old, new): (&Service, &Service),
    json: bool,
    changes: &mut Vec<Change>,
) {
    let (olds, news) = (Methods::of(old), Methods::of(new));
    for before in &old.methods {
        match news.named(&before.name) {
            Some(after) => method(lens, (old, before), (new, after), json, changes),
            None => changes.push(Change {
                json: None,
                kind: ChangeKind::MethodRemoved,
                element: path(old, before),
                old: Some(place(old.file, before.span)),
                new: Some(place(new.file, new.name_span)),
                impact: call(old, CallOutcome::CallRemoved, CallOutcome::Served),
            }),
        }
    }
    for after in &new.methods {
        if olds.named(&after.name).is_none() {
            changes.push(added(new, after));
        }
    }
}

/// A method that the older side does not have.
pub(crate) fn added(service: &Service, method: &Method) -> Change {
    Change {
        json: None,
        kind: ChangeKind::MethodAdded,
        element: path(service, method),
        old: None,
        new: Some(place(service.file, method.span)),
        impact: call(service, CallOutcome::Served, CallOutcome::NewCall),
    }
}

fn method(
    lens: Lens<'_>,
    (old, before): (&Service, &Method),
    (new, after): (&Service, &Method),
    json: bool,
    changes: &mut Vec<Change>,
) {
    let element = path(new, after);
    let streaming = |method: &Method| match (method.client_streaming, method.server_streaming) {
        (false, false) => "unary",
        (true, false) => "client streaming",
        (false, true) => "server streaming",
        (true, true) => "bidirectional streaming",
    };
    if streaming(before) != streaming(after) {
        changes.push(Change {
            json: None,
            kind: ChangeKind::MethodStreamingChanged {
                old: streaming(before),
                new: streaming(after),
            },
            element: element.clone(),
            old: Some(place(old.file, before.span)),
            new: Some(place(new.file, after.span)),
            impact: call(new, CallOutcome::CallChanged, CallOutcome::CallChanged),
        });
    }
    for is_request in [true, false] {
        let types: (&FieldType, &FieldType) = if is_request {
            (&before.request, &after.request)
        } else {
            (&before.response, &after.response)
        };
        let Some(outcomes) = method_type((lens.old, lens.new), lens.renames, types.0, types.1)
        else {
            continue;
        };
        let worst = outcomes.old_to_new.worst().max(outcomes.new_to_old.worst());
        let (old_type, new_type) = (type_word(types.0), type_word(types.1));
        let same_shape = worst <= Outcome::Compatible;
        let (kind, carrier, spans) = if is_request {
            (
                ChangeKind::MethodRequestChanged {
                    old: old_type,
                    new: new_type,
                    same_shape,
                },
                Carrier::Request(new.name.clone()),
                (before.request_span, after.request_span),
            )
        } else {
            (
                ChangeKind::MethodResponseChanged {
                    old: old_type,
                    new: new_type,
                    same_shape,
                },
                Carrier::Response(new.name.clone()),
                (before.response_span, after.response_span),
            )
        };
        let seen = json.then(|| lens.method_type(types.0, types.1, &carrier));
        changes.push(Change {
            json: seen.flatten().map(Arc::new),
            kind,
            element: element.clone(),
            old: Some(place(old.file, spans.0)),
            new: Some(place(new.file, spans.1)),
            impact: Impact::Values { outcomes, carrier },
        });
    }
    // no level is the level that promises nothing
    let level = |method: &Method| {
        let given = method.idempotency.clone();
        given.filter(|level| level != "IDEMPOTENCY_UNKNOWN")
    };
    if level(before) != level(after) {
        changes.push(Change {
            json: None,
            kind: ChangeKind::IdempotencyChanged {
                old: level(before),
                new: level(after),
            },
            element,
            old: Some(place(old.file, before.span)),
            new: Some(place(new.file, after.span)),
            impact: Impact::None,
        });
    }
}

pub(crate) fn call(service: &Service, old_client: CallOutcome, new_client: CallOutcome) -> Impact {
    Impact::Call {
        old_client,
        new_client,
        service: service.name.clone(),
    }
}

fn path(service: &Service, method: &Method) -> protoskew_schema::Name {
    format!("{}.{}", service.name, method.name).into()
}

fn place(file: FileId, span: protoskew_schema::Span) -> Place {
    Place { file, span }
}
