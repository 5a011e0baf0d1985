//! Verdicts for the tests of every format, made by small constructors.

use std::sync::Arc;

use protoskew_compare::{
    ByRuntime, CallOutcome, Carrier, Directed, Impact, Outcome, Proof, Runtime, Seen, Side,
};
use protoskew_schema::{Places, Span};

use crate::finding::{Finding, Origin, Site};
use crate::verdict::{Counts, Judged, Level, MeetingGroup, Verdict, WorstOutcome};
use crate::witness::{CallShown, Shown, Witness, Witnesses};

/// One side's file.
pub(super) struct Source {
    origin: Arc<Origin>,
    path: &'static str,
    text: Arc<[u8]>,
}

impl Source {
    pub(super) fn worktree(path: &'static str, text: impl AsRef<[u8]>) -> Self {
        let origin = Origin {
            label: "worktree".into(),
            commit: None,
            date: None,
        };
        Self {
            origin: Arc::new(origin),
            path,
            text: Arc::from(text.as_ref()),
        }
    }

    pub(super) fn release(label: &str, path: &'static str, text: impl AsRef<[u8]>) -> Self {
        let origin = Origin {
            label: label.into(),
            commit: Some("abc1234".into()),
            date: Some("2018-03-14".into()),
        };
        Self {
            origin: Arc::new(origin),
            path,
            text: Arc::from(text.as_ref()),
        }
    }

    /// The first place where the text holds `what`.
    pub(super) fn at(&self, what: impl AsRef<[u8]>, label: &str) -> Site {
        let what = what.as_ref();
        let start = self
            .text
            .windows(what.len())
            .position(|window| window == what)
            .unwrap();
        self.span(start, start + what.len(), label)
    }

    pub(super) fn span(&self, start: usize, end: usize, label: &str) -> Site {
        Site {
            origin: Arc::clone(&self.origin),
            path: self.path.into(),
            text: Arc::clone(&self.text),
            places: Places::Text,
            span: Span {
                start: u32::try_from(start).unwrap(),
                end: u32::try_from(end).unwrap(),
            },
            label: label.to_owned(),
        }
    }
}

/// A finding without places, meetings or help.
pub(super) fn judged(level: Level, rule: &'static str, element: &str, fact: &str) -> Judged {
    Judged {
        finding: Arc::new(Finding {
            rule,
            element: element.into(),
            about: "2 → 3".to_owned(),
            fact: fact.to_owned(),
            new: None,
            old: None,
            impact: Impact::None,
            json: None,
            reused: None,
            exception: false,
            reserve: None,
            help: String::new(),
        }),
        level,
        known: false,
        waived: None,
        expired: None,
        fix: None,
        outcome: None,
        only_in: Vec::new(),
        witnesses: Witnesses::default(),
        meetings: Vec::new(),
        order: String::new(),
    }
}

impl Judged {
    pub(super) fn new_at(mut self, site: Site) -> Self {
        Arc::make_mut(&mut self.finding).new = Some(site);
        self
    }

    pub(super) fn old_at(mut self, site: Site) -> Self {
        Arc::make_mut(&mut self.finding).old = Some(site);
        self
    }

    pub(super) fn help(mut self, help: &str) -> Self {
        help.clone_into(&mut Arc::make_mut(&mut self.finding).help);
        self
    }

    /// What shows it, as if it had been searched for.
    fn witnessed(mut self, witnesses: Vec<Witness>) -> Self {
        self.witnesses = Witnesses::made(witnesses);
        self
    }

    pub(super) fn known(mut self) -> Self {
        self.known = true;
        self
    }

    pub(super) fn value(mut self, outcome: Outcome) -> Self {
        self.outcome = Some(WorstOutcome::Value(outcome));
        Arc::make_mut(&mut self.finding).impact = Impact::Values {
            outcomes: Directed::of(outcome, Outcome::Blind),
            carrier: Carrier::Element {
                old: Some("grpc.Storage".into()),
                new: Some("grpc.Storage".into()),
            },
        };
        self
    }

    pub(super) fn meets(
        mut self,
        client: &str,
        server: &str,
        direction: &'static str,
        outcome: WorstOutcome,
    ) -> Self {
        self.meetings.push(MeetingGroup {
            at_rest: false,
            json: false,
            client: client.to_owned(),
            server: server.to_owned(),
            direction,
            subject_is_client: client.ends_with("worktree"),
            subject_acts: client.ends_with("worktree") == (direction != "response"),
            outcome,
            releases: vec!["1.0.0".into(), "1.1.0".into()],
        });
        self
    }
}

pub(super) fn verdict(findings: Vec<Judged>) -> Verdict {
    Verdict {
        subject: "worktree (1.4, after 1.3.2)".to_owned(),
        bases: "12 releases, 1.0.0 to 1.3.2, of which 5 have a schema of their own".to_owned(),
        baseline: "release 1.3.2 (abc1234)".to_owned(),
        counts: Counts {
            files: 4,
            messages: 84,
            enums: 1,
            services: 2,
            releases: 12,
        },
        findings,
        ..Verdict::default()
    }
}

const OLD: &str = "\
message Storage {
\tstring driver = 1;           // empty in most cases. it will support \"drbd\", \"bcache\" ...
\tstring source = 2;           // \"/dev/sdb\", \"/dev/disk/by-scsi/xxxx\", \"none\",...
\tstring mount_point = 5;
}
service AgentService {
\trpc CreateContainer(CreateContainerRequest) returns (google.protobuf.Empty);
\trpc AddInterface(AddInterfaceRequest) returns(google.protobuf.Empty);
}
";

const NEW: &str = "\
// Storage represents both the rootfs of the container, and any volume that
// could have been defined through the Mount list of the OCI specification.
message Storage {
\t// Driver is used to define the way the storage is passed through the
\t// virtual machine.
\tstring driver = 1;
\trepeated string driver_options = 2;
\tstring source = 3;
}
service AgentService {
\trpc CreateContainer(CreateContainerRequest) returns (google.protobuf.Empty);
}
";

/// A source that arrives as driver options.
pub(super) fn source_misread() -> Witness {
    let side = |field: &str, text: &str, json: &str| Side {
        message: "grpc.Storage".into(),
        id: 0,
        seen: Some(Seen {
            field: field.to_owned(),
            value: "\"/dev/sdb\"".to_owned(),
            set: true,
        }),
        text: text.to_owned(),
        json: json.to_owned(),
        refused: None,
    };
    Witness {
        writer: "runtime 1.1.0".to_owned(),
        reader: "agent worktree".to_owned(),
        direction: "request",
        outcome: WorstOutcome::Value(Outcome::Misread),
        schemas: None,
        shown: Shown::Bytes {
            proof: Box::new(Proof {
                outcome: Outcome::Misread,
                older_writes: true,
                runtime: Runtime::Cpp,
                alike: Runtime::ALL.to_vec(),
                sent: side(
                    "source",
                    "source: \"/dev/sdb\"\n",
                    "{\"source\":\"/dev/sdb\"}",
                ),
                read: side(
                    "driver_options",
                    "driver_options: \"/dev/sdb\"\n",
                    "{\"driverOptions\":[\"/dev/sdb\"]}",
                ),
                bytes: b"\x12\x08/dev/sdb".to_vec(),
            }),
            runtime: None,
            rewritten: false,
        },
    }
}

/// A call that nobody serves any more.
fn call_lost() -> Witness {
    Witness {
        writer: "runtime 1.1.0".to_owned(),
        reader: "agent worktree".to_owned(),
        direction: "call",
        outcome: WorstOutcome::Call(CallOutcome::CallRemoved),
        schemas: None,
        shown: Shown::Call(CallShown {
            path: "/grpc.AgentService/AddInterface".to_owned(),
            request: "grpc.AddInterfaceRequest".to_owned(),
            response: "google.protobuf.Empty".to_owned(),
            sent: "",
            comes: "answers UNIMPLEMENTED",
            frames: Vec::new(),
        }),
    }
}

/// What a renumbering, a removal and a lost call look like: something of everything.
pub(super) fn storage() -> Verdict {
    let old = Source::release("1.1.0", "protocols/grpc/agent.proto", OLD);
    let new = Source::worktree("protocols/grpc/agent.proto", NEW);
    let misread = WorstOutcome::Value(Outcome::Misread);
    let lossy = WorstOutcome::Value(Outcome::Lossy);
    let withdrawn = WorstOutcome::Value(Outcome::Withdrawn);
    let clients = "runtime 1.0.0–1.1.0";

    let mut renumbered = judged(
        Level::Deny,
        "field-renumbered",
        "grpc.Storage.source",
        "`grpc.Storage.source` moved from number 2 to 3",
    )
    .new_at(new.at("3;", "number 3 now"))
    .old_at(old.at("2;", "number 2 here"))
    .value(Outcome::Misread)
    .meets(clients, "agent worktree", "request", misread)
    .meets("runtime worktree", "agent 1.0.0–1.1.0", "request", lossy)
    .witnessed(vec![source_misread()])
    .help("keep number 2 for `source`, and give `driver_options` the next number never used, 6");
    renumbered.order = "no order of upgrade helps".to_owned();
    Arc::make_mut(&mut renumbered.finding).impact = Impact::Values {
        outcomes: Directed {
            old_to_new: ByRuntime::all(Outcome::Misread),
            new_to_old: ByRuntime::all(Outcome::Lossy)
                .with(&[Runtime::Prost, Runtime::Gogo], Outcome::Reject),
        },
        carrier: Carrier::Element {
            old: Some("grpc.Storage".into()),
            new: Some("grpc.Storage".into()),
        },
    };

    let mut removed = judged(
        Level::Deny,
        "method-removed",
        "grpc.AgentService.AddInterface",
        "`/grpc.AgentService/AddInterface` is gone",
    )
    .new_at(new.at("AgentService {", "no longer has it"))
    .old_at(old.at("AddInterface", "was here"))
    .meets(
        clients,
        "agent worktree",
        "call",
        WorstOutcome::Call(CallOutcome::CallRemoved),
    )
    .witnessed(vec![call_lost()])
    .help("keep the method, and let it answer as before, until no client that calls it can be met");
    removed.outcome = Some(WorstOutcome::Call(CallOutcome::CallRemoved));
    Arc::make_mut(&mut removed.finding).impact = Impact::Call {
        old_client: CallOutcome::CallRemoved,
        new_client: CallOutcome::Served,
        service: "grpc.AgentService".into(),
    };

    let gone = |level, rule, fact| {
        judged(level, rule, "grpc.Storage.mount_point", fact)
            .new_at(new.at("Storage {", "no longer has it"))
    };
    let mut retyped = judged(
        Level::Warn,
        "field-cardinality-changed",
        "grpc.Storage.driver_options",
        "`grpc.Storage.driver_options` became repeated",
    )
    .new_at(new.at("repeated", ""))
    .value(Outcome::Reject)
    .meets(
        clients,
        "agent worktree",
        "request",
        WorstOutcome::Value(Outcome::Reject),
    );
    retyped.only_in = vec![Runtime::Gogo, Runtime::Prost];

    let mut verdict = verdict(vec![
        renumbered,
        removed,
        gone(
            Level::Deny,
            "field-number-unreserved",
            "`grpc.Storage.mount_point` is gone and its number 5 is not reserved",
        )
        .old_at(old.at("5", "number 5"))
        .help("add `reserved 5;` to `grpc.Storage`"),
        gone(
            Level::Warn,
            "field-name-unreserved",
            "`grpc.Storage.mount_point` is gone and its name is not reserved",
        )
        .old_at(old.at("mount_point", ""))
        .help("add `reserved \"mount_point\";` to `grpc.Storage`"),
        gone(
            Level::Warn,
            "field-withdrawn",
            "`grpc.Storage.mount_point` went while a release that reads it may still be met",
        )
        .old_at(old.at("mount_point", ""))
        .value(Outcome::Withdrawn)
        .meets(
            "runtime worktree",
            "agent 1.0.0–1.1.0",
            "request",
            withdrawn,
        ),
        retyped,
        judged(
            Level::Note,
            "method-added",
            "grpc.AgentService.AddARPNeighbors",
            "`/grpc.AgentService/AddARPNeighbors` is new",
        ),
        judged(
            Level::Deny,
            "field-renumbered",
            "grpc.Device.id",
            "`grpc.Device.id` moved from number 1 to 2",
        )
        .known(),
    ]);
    verdict.notes = vec!["31 files were left out: 24 vendored (vendor/), 7 of tests".to_owned()];
    verdict.advice = vec![
        "no order of upgrade helps for `grpc.Storage.source`: give it its number back".to_owned(),
        "1.4 may answer AddARPNeighbors; 1.5 is the first release that may call it".to_owned(),
    ];
    verdict
}

/// What no format may stumble over: odd paths and texts, places without a text, findings without a place.
pub(super) fn weird() -> Verdict {
    let odd = "päth/a b,c:d%20#é👩\u{200d}👧/x&<y>.proto";
    let old = Source::release(
        "v1.0.0",
        "old/[x](y)\n::error::z.proto",
        "/* 👩👩 */ int32 f = 1;\n",
    );
    let new = Source::worktree(odd, "\r\n/* é日👩 */ int32 f = 2;\r\nenum E {\n}\n");
    let bytes = Source::worktree("bytes.proto", b"\xff\xfe\0 f = 1;");
    let described = |mut site: Site| {
        site.places = Places::Grid { columns: 0 };
        site
    };
    let mut verdict = verdict(vec![
        judged(
            Level::Deny,
            "field-renumbered",
            "a.M.f",
            "`a.M.f` moved; 100% sure\r\n::warning::really",
        )
        .new_at(new.at("f =", "now ` here"))
        .old_at(old.at("f =", "was 1, [here](2)"))
        .help("say <!-- --> @all `a``b` ]]> & \u{1b}[31m\u{202e}\u{0}"),
        judged(Level::Warn, "enum-added", "a.E", "over several lines").new_at(new.span(22, 33, "")),
        judged(Level::Note, "field-renamed", "b.M.f", "in bytes").new_at(bytes.at("f =", "")),
        judged(
            Level::Deny,
            "message-removed",
            "a.Gone",
            "`a.Gone` is nowhere",
        )
        .old_at(old.span(0, 5, "")),
        judged(Level::Warn, "message-renamed", "a.N", "in a descriptor")
            .new_at(described(new.span(0, 0, "")))
            .old_at(described(old.span(0, 0, ""))),
        judged(
            Level::Note,
            "proto-unreadable",
            "",
            "of no element and at no place",
        ),
    ]);
    verdict.subject = "branch `x` <script> @all".to_owned();
    verdict.notes = vec![
        "::stop-commands::x\n::error::y".to_owned(),
        "| a | b |".to_owned(),
    ];
    verdict
}
