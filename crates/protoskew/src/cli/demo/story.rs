//! What the demo's repository holds: four releases, an edit, and a policy.

/// One release.
pub(super) struct Release {
    pub(super) tag: &'static str,
    pub(super) message: &'static str,
    pub(super) proto: &'static str,
}

pub(super) const RELEASES: &[Release] = &[
    Release {
        tag: "1.0.0",
        message: "The first release",
        proto: r#"syntax = "proto3";
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
"#,
    },
    Release {
        tag: "1.1.0",
        message: "Say how much memory a container uses",
        proto: r#"syntax = "proto3";
package demo;

// Runs in every virtual machine, and goes on running while the runtime is upgraded around it.
service Agent {
  rpc CreateContainer(CreateContainerRequest) returns (CreateContainerResponse);
  rpc PauseContainer(PauseContainerRequest) returns (PauseContainerResponse);
  rpc Stats(StatsRequest) returns (StatsResponse);
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

message StatsRequest {
  string container_id = 1;
}

message StatsResponse {
  int64 memory_delta = 1;
}

message Storage {
  string driver = 1;
  string source = 2;
  string mount_point = 3;
}
"#,
    },
    Release {
        tag: "1.2.0",
        message: "Mount with options",
        proto: r#"syntax = "proto3";
package demo;

// Runs in every virtual machine, and goes on running while the runtime is upgraded around it.
service Agent {
  rpc CreateContainer(CreateContainerRequest) returns (CreateContainerResponse);
  rpc PauseContainer(PauseContainerRequest) returns (PauseContainerResponse);
  rpc Stats(StatsRequest) returns (StatsResponse);
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

message StatsRequest {
  string container_id = 1;
}

message StatsResponse {
  int64 memory_delta = 1;
}

message Storage {
  string driver = 1;
  string source = 2;
  string mount_point = 3;
  repeated string options = 4;
}
"#,
    },
    Release {
        tag: "1.3.0",
        message: "Drop PauseContainer: nobody calls it, surely",
        proto: r#"syntax = "proto3";
package demo;

// Runs in every virtual machine, and goes on running while the runtime is upgraded around it.
service Agent {
  rpc CreateContainer(CreateContainerRequest) returns (CreateContainerResponse);
  rpc Stats(StatsRequest) returns (StatsResponse);
}

message CreateContainerRequest {
  string container_id = 1;
  repeated Storage storages = 2;
}

message CreateContainerResponse {}

message StatsRequest {
  string container_id = 1;
}

message StatsResponse {
  int64 memory_delta = 1;
}

message Storage {
  string driver = 1;
  string source = 2;
  string mount_point = 3;
  repeated string options = 4;
}
"#,
    },
];

/// A new field in the middle, with the numbers tidied up; and a type that fits its values better.
pub(super) const WORKTREE: &str = r#"syntax = "proto3";
package demo;

// Runs in every virtual machine, and goes on running while the runtime is upgraded around it.
service Agent {
  rpc CreateContainer(CreateContainerRequest) returns (CreateContainerResponse);
  rpc Stats(StatsRequest) returns (StatsResponse);
}

message CreateContainerRequest {
  string container_id = 1;
  repeated Storage storages = 2;
}

message CreateContainerResponse {}

message StatsRequest {
  string container_id = 1;
}

message StatsResponse {
  sint64 memory_delta = 1;
}

message Storage {
  string driver = 1;
  repeated string driver_options = 2;
  string source = 3;
  string mount_point = 4;
  repeated string options = 5;
}
"#;

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
