//! What the demo's repository holds: four releases, an edit, and a policy.

/// One release, as what it changes in the one before.
pub(super) struct Release {
    pub(super) tag: &'static str,
    pub(super) message: &'static str,
    /// What is replaced, and what by.
    pub(super) edits: &'static [(&'static str, &'static str)],
}

/// The API as it began.
pub(super) const BEGINNING: &str = r#"syntax = "proto3";
package demo;

// Runs in every virtual machine, and goes on running while the runtime is upgraded around it.
service Agent {
  rpc CreateContainer(CreateContainerRequest) returns (CreateContainerResponse);
  rpc PauseContainer(PauseContainerRequest) returns (PauseContainerResponse);
}

message CreateContainerRequest {
  string container_id = 1;
  repeated Storage storages = 2;
}

message CreateContainerResponse {}

message PauseContainerRequest {
  string container_id = 1;
}

message PauseContainerResponse {}

message Storage {
  string driver = 1;
  string source = 2;
  string mount_point = 3;
}
"#;

pub(super) const RELEASES: &[Release] = &[
    Release {
        tag: "1.0.0",
        message: "The first release",
        edits: &[],
    },
    Release {
        tag: "1.1.0",
        message: "Say how much memory a container uses",
        edits: &[
            (
                "  rpc PauseContainer(PauseContainerRequest) returns (PauseContainerResponse);\n",
                "  rpc PauseContainer(PauseContainerRequest) returns (PauseContainerResponse);\n  rpc Stats(StatsRequest) returns (StatsResponse);\n",
            ),
            (
                "message PauseContainerResponse {}\n",
                "message PauseContainerResponse {}\n\nmessage StatsRequest {\n  string container_id = 1;\n}\n\nmessage StatsResponse {\n  int64 memory_delta = 1;\n}\n",
            ),
        ],
    },
    Release {
        tag: "1.2.0",
        message: "Mount with options",
        edits: &[(
            "  string mount_point = 3;\n",
            "  string mount_point = 3;\n  repeated string options = 4;\n",
        )],
    },
    Release {
        tag: "1.3.0",
        message: "Drop PauseContainer: nobody calls it, surely",
        edits: &[
            (
                "  rpc PauseContainer(PauseContainerRequest) returns (PauseContainerResponse);\n",
                "",
            ),
            (
                "message PauseContainerRequest {\n  string container_id = 1;\n}\n\nmessage PauseContainerResponse {}\n\n",
                "",
            ),
        ],
    },
];

/// A new field in the middle, with the numbers tidied up; and a type that fits its values better.
pub(super) const WORKTREE: &[(&str, &str)] = &[
    (
        "  int64 memory_delta = 1;\n",
        "  sint64 memory_delta = 1;\n",
    ),
    (
        "  string source = 2;\n  string mount_point = 3;\n  repeated string options = 4;\n",
        "  repeated string driver_options = 2;\n  string source = 3;\n  string mount_point = 4;\n  repeated string options = 5;\n",
    ),
];

/// The new field alone, under a number that nothing ever had.
pub(super) const ADDITION: &[(&str, &str)] = &[(
    "  repeated string options = 4;\n",
    "  repeated string options = 4;\n  repeated string driver_options = 5;\n",
)];

/// A life that is too fast: sent to everybody by the release that introduces it.
pub(super) const TOO_FAST: &str = r#"
[[features]]
name = "driver-options"
elements = ["demo.Storage.driver_options"]
enabled = "1.4"
default = "1.4"
"#;

/// Introduced in 1.4 and sent by nobody, enabled in 1.5, and left out where an agent is too old.
pub(super) const IN_TIME: &str = r#"
[[features]]
name = "driver-options"
elements = ["demo.Storage.driver_options"]
enabled = "1.5"
default = "1.5"
on-unsupported = "drop"
"#;

/// The text with each of the edits made.
pub(super) fn edited(text: &str, edits: &[(&str, &str)]) -> String {
    edits
        .iter()
        .fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// The policy of the proposal that protoskew grew from: unbounded forward upgrades, single-release rollbacks.
pub(super) const POLICY: &str = r#"[components.runtime]
protocol = "agent"
[components.agent]

[[links]]
client = "runtime"
server = "agent"
client-ahead = "any"    # an old agent may meet every newer runtime
client-behind = 1       # a runtime may be rolled back one release
"#;
