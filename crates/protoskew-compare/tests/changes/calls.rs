//! Services and methods.

use crate::check;

const TYPES: &str =
    "message A { int32 x = 1; } message B { int32 x = 1; } message C { string x = 1; }";

/// Two services, over messages `A` and `B` of one structure and `C` of another.
#[track_caller]
fn check_service(before: &str, after: &str, expected: &[&str]) {
    check(
        &format!("{TYPES} {before}"),
        &format!("{TYPES} {after}"),
        expected,
    );
}

#[test]
fn methods() {
    check_service(
        "service S { rpc Get(A) returns (A); rpc Old(A) returns (A); }",
        "service S { rpc Get(A) returns (A); rpc New(A) returns (A); }",
        &[
            "p.S.New: MethodAdded | served / new-call",
            "p.S.Old: MethodRemoved | call-removed / served",
        ],
    );
}

#[test]
fn services() {
    check_service(
        "service S { rpc Get(A) returns (A); rpc Put(A) returns (A); }",
        "",
        &["p.S: ServiceRemoved | call-removed / served"],
    );
    // no call of the one reaches the other: what else differs is no matter
    check_service(
        "service S { rpc Get(A) returns (A); }",
        "service T { rpc Get(A) returns (stream A); }",
        &["p.T: ServiceRenamed p.S | call-removed / new-call"],
    );
    // other methods: another service
    check_service(
        "service S { rpc Get(A) returns (A); }",
        "service T { rpc Put(A) returns (A); }",
        &[
            "p.S: ServiceRemoved | call-removed / served",
            "p.T.Put: MethodAdded | served / new-call",
        ],
    );
}

#[test]
fn request_and_response() {
    check_service(
        "service S { rpc Get(A) returns (A); }",
        "service S { rpc Get(B) returns (C); }",
        &[
            "p.S.Get: MethodRequestChanged p.A -> p.B | compatible / compatible",
            "p.S.Get: MethodResponseChanged p.A -> p.C | lossy…misread / lossy…misread",
        ],
    );
    check(
        "service S { rpc Get(Q) returns (Q); } message Q { int32 x = 1; Q q = 2; }",
        "service S { rpc Get(R) returns (R); } message R { int32 x = 1; R q = 2; }",
        &["p.R: MessageRenamed p.Q"],
    );
}

#[test]
fn idempotency() {
    let with = |option: &str| format!("service S {{ rpc Get(A) returns (A) {{ {option} }} }}");
    check_service(
        &with(""),
        &with("option idempotency_level = IDEMPOTENCY_UNKNOWN;"),
        &[],
    );
    check_service(
        &with("option idempotency_level = NO_SIDE_EFFECTS;"),
        &with(""),
        &["p.S.Get: IdempotencyChanged NO_SIDE_EFFECTS -> none"],
    );
}
