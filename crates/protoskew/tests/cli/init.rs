//! `protoskew init`: a first configuration from what a repository shows.

use expect_test::expect;
use protoskew_testkit::TestRepo;

use crate::program::{change_type, check, check_says, harbor, run, two_releases};

fn written(repo: &TestRepo) -> String {
    check_says(repo, "init", 0, &["wrote REPO/protoskew.toml"]);
    std::fs::read_to_string(repo.path().join("protoskew.toml")).expect("written")
}

#[test]
fn an_agent_and_its_runtime() {
    let repo = TestRepo::new();
    let agent = "syntax = \"proto3\";\npackage grpc;\nservice AgentService { rpc A(M) returns (M); }\nmessage M { int64 a = 1; }\n";
    repo.write("protocols/grpc/agent.proto", agent)
        .write("protocols/grpc/health.proto", "syntax = \"proto3\";\npackage grpc;\nservice Health { rpc Check(H) returns (H); }\nmessage H {}\n")
        .write("vendor/x.org/y/z.proto", harbor("int64 weight = 1;"))
        .write("src/agent/Cargo.toml", "[dependencies]\nprotobuf = \"3.7\"\n")
        .write("src/runtime/go.mod", "module r\nrequire github.com/gogo/protobuf v1.3.2\n")
        .commit("Begin");
    repo.tag("v1.0.0").tag("v1.1.0-rc1").tag("api/v0.1.0");
    check(
        &repo,
        "init --stdout",
        0,
        expect![[r##"
        # What protoskew cannot know by itself: who talks to whom, and which of their releases may meet.
        # Begun by `protoskew init` from what it found here. Every line may be changed or removed.

        [proto]
        # left out: 1 vendored (vendor/).
        # Those are known by convention: imports find them, nothing in them is judged. To say so of others:
        # vendored = ["copies/**"]
        # include = ["api/**/*.proto"]  # to judge these alone, wherever they lie

        # Programs that speak the protocol.
        [components.agent]  # serves grpc.AgentService
        # tags = "v{version}"  # 1 release, 1.0.0
        protobuf = "rust-protobuf-3"  # src/agent/Cargo.toml says so

        [components.runtime]  # a guess: the one who calls; it may have another name, or be several
        protocol = "agent"  # it speaks the protos that agent owns
        protobuf = "gogo"  # src/runtime/go.mod says so
        # repository = "../runtime"  # where its releases come from, if not from here, and then
        # pin = "go.mod"  # the file (or Gopkg.lock, Cargo.lock) that says which revision of these protos each was built with

        # Further series of tags here; a component that is numbered by one of them names it:
        # tags = "api/v{version}"  # 1 release, 0.1.0

        # Who calls whom. Without a link nothing is known of roles, and every pair of releases may meet.
        [[links]]
        client = "runtime"
        server = "agent"
        client-ahead = "any"  # how many release lines the client may be newer: a server that keeps running meets every later client
        client-behind = 1  # how many it may be older: a client is rolled back by one release, no further
        # oldest = "1.0"  # servers below this line are supported no longer

        [history]
        # default-branch = "main"  # found by itself
        # baseline = "REF"  # to begin in the middle: nothing before it counts as new

        [rules]
        # preset = "proposal"  # or "wire": only what breaks the wire; "advice": nothing fails
        # field-renamed = "off"  # any rule: "deny", "warn", "note", "off"; `protoskew rules` lists them
        # unstable = "warn"  # the loudest in packages that say alpha, beta or test; "deny": as anywhere else
        # [[rules.for]]  # levels for some paths, packages or links alone
        # paths = ["internal/**"]
        # preset = "advice"
        # What one finding is let through for stands in protoskew.waivers.toml: `protoskew waive` writes it.
    "##]],
    );
    let printed = run(&repo, "init --stdout").stdout;
    assert_eq!(written(&repo), printed);
    check_says(
        &repo,
        "matrix",
        0,
        &["rows: runtime as the client; columns: agent as the server"],
    );
}

#[test]
fn several_servers_and_only_prefixed_tags() {
    let repo = TestRepo::new();
    let file = |package: &str, services: &[&str]| {
        let services: String = services
            .iter()
            .map(|name| format!("service {name} {{ rpc A(M) returns (M); }}\n"))
            .collect();
        format!("syntax = \"proto3\";\npackage {package};\n{services}message M {{}}\n")
    };
    repo.write("kv.proto", file("storepb", &["KV", "Watch"]))
        .write("clock.proto", file("acme.clock.v1", &["ClockService"]))
        .commit("Begin");
    repo.tag("clock/v1.0.0")
        .tag("store-2.0.0")
        .tag("store-2.1.0");
    check(
        &repo,
        "init --stdout",
        0,
        expect![[r##"
            # What protoskew cannot know by itself: who talks to whom, and which of their releases may meet.
            # Begun by `protoskew init` from what it found here. Every line may be changed or removed.

            [proto]
            # Copies of what others own are resolved against and not judged; none were found here. To name some:
            # vendored = ["copies/**"]
            # include = ["api/**/*.proto"]  # to judge these alone, wherever they lie

            # Programs that speak the protocol.
            [components.clock]  # serves acme.clock.v1.ClockService
            tags = "clock/v{version}"  # 1 release, 1.0.0

            [components.store]  # serves storepb.KV to storepb.Watch, 2 services
            tags = "store-{version}"  # 2 releases, 2.0.0 to 2.1.0

            [components.client]  # a guess: the one who calls; it may have another name, or be several
            protocol = "clock"  # it speaks the protos that clock owns
            # repository = "../client"  # where its releases come from, if not from here, and then
            # pin = "go.mod"  # the file (or Gopkg.lock, Cargo.lock) that says which revision of these protos each was built with

            # Who calls whom. Without a link nothing is known of roles, and every pair of releases may meet.
            [[links]]
            client = "client"
            server = "clock"
            services = ["acme.clock.v1.ClockService"]
            client-ahead = "any"  # how many release lines the client may be newer: a server that keeps running meets every later client
            client-behind = 1  # how many it may be older: a client is rolled back by one release, no further
            # oldest = "1.0"  # servers below this line are supported no longer

            [[links]]
            client = "client"
            server = "store"
            services = ["storepb.KV", "storepb.Watch"]
            client-ahead = "any"
            client-behind = 1

            [history]
            # default-branch = "main"  # found by itself
            # baseline = "REF"  # to begin in the middle: nothing before it counts as new

            [rules]
            # preset = "proposal"  # or "wire": only what breaks the wire; "advice": nothing fails
            # field-renamed = "off"  # any rule: "deny", "warn", "note", "off"; `protoskew rules` lists them
            # unstable = "warn"  # the loudest in packages that say alpha, beta or test; "deny": as anywhere else
            # [[rules.for]]  # levels for some paths, packages or links alone
            # paths = ["internal/**"]
            # preset = "advice"
            # What one finding is let through for stands in protoskew.waivers.toml: `protoskew waive` writes it.
        "##]],
    );
    written(&repo);
    check_says(
        &repo,
        "matrix",
        0,
        &[
            "columns: clock as the server",
            "columns: store as the server",
        ],
    );
}

#[test]
fn nothing_but_a_message() {
    let repo = TestRepo::new();
    repo.write("m.proto", "syntax = \"proto3\";\nmessage M {}\n");
    check(
        &repo,
        "init --stdout",
        0,
        expect![[r##"
        # What protoskew cannot know by itself: who talks to whom, and which of their releases may meet.
        # Begun by `protoskew init` from what it found here. Every line may be changed or removed.

        [proto]
        # Copies of what others own are resolved against and not judged; none were found here. To name some:
        # vendored = ["copies/**"]
        # include = ["api/**/*.proto"]  # to judge these alone, wherever they lie

        # Programs that speak the protocol.
        [components.server]
        # tags = "v{version}"  # there are no release tags yet

        [components.client]  # a guess: the one who calls; it may have another name, or be several
        protocol = "server"  # it speaks the protos that server owns
        # repository = "../client"  # where its releases come from, if not from here, and then
        # pin = "go.mod"  # the file (or Gopkg.lock, Cargo.lock) that says which revision of these protos each was built with

        # Who calls whom. Without a link nothing is known of roles, and every pair of releases may meet.
        [[links]]
        client = "client"
        server = "server"
        client-ahead = "any"  # how many release lines the client may be newer: a server that keeps running meets every later client
        client-behind = 1  # how many it may be older: a client is rolled back by one release, no further
        # oldest = "1.0"  # servers below this line are supported no longer

        [rules]
        # preset = "proposal"  # or "wire": only what breaks the wire; "advice": nothing fails
        # field-renamed = "off"  # any rule: "deny", "warn", "note", "off"; `protoskew rules` lists them
        # unstable = "warn"  # the loudest in packages that say alpha, beta or test; "deny": as anywhere else
        # [[rules.for]]  # levels for some paths, packages or links alone
        # paths = ["internal/**"]
        # preset = "advice"
        # What one finding is let through for stands in protoskew.waivers.toml: `protoskew waive` writes it.
    "##]],
    );
    written(&repo);
    check_says(&repo, "check", 0, &["may ship"]);
}

#[test]
fn the_answer_about_the_worktree_stays() {
    let repo = two_releases();
    change_type(&repo);
    let judged = |text: &str| -> String {
        let kept = text.lines().filter(|line| {
            ["error", "judged", "baseline", "against"]
                .iter()
                .any(|word| line.trim_start().starts_with(word))
        });
        kept.collect::<Vec<_>>().join("\n")
    };
    let before = check_says(&repo, "check", 1, &["field-type-changed"]).stdout;
    written(&repo);
    let after = check_says(&repo, "check", 1, &["field-type-changed"]).stdout;
    assert_eq!(judged(&before), judged(&after));
}

#[test]
fn nothing_is_ever_overwritten() {
    let repo = two_releases();
    repo.write("protoskew.toml", "# mine\n[rules\n");
    let inside = repo.at(repo.path().join("docs"));
    std::fs::create_dir(inside.path()).expect("a new folder");
    for place in [&repo, &inside] {
        check_says(
            place,
            "init",
            2,
            &["protoskew.toml is there already", "--stdout"],
        );
    }
    check_says(&repo, "init --stdout", 0, &["[components.harbor]"]);
    let kept = std::fs::read_to_string(repo.path().join("protoskew.toml")).expect("kept");
    assert_eq!(kept, "# mine\n[rules\n");
    repo.remove("protoskew.toml")
        .symlink("protoskew.toml", "nowhere");
    check_says(&repo, "init", 2, &["is there already"]);
    repo.remove("protoskew.toml");
    check_says(&inside, "init", 0, &["protoskew.toml"]);
    assert!(repo.path().join("protoskew.toml").is_file());
    let others = std::fs::read_dir(repo.path()).expect("a folder");
    assert_eq!(others.count(), 4, "nothing is left behind");
}

#[test]
fn where_there_is_nothing_to_begin_with() {
    check_says(&TestRepo::folder(), "init", 2, &["not in a git repository"]);
    check_says(&TestRepo::new(), "init", 2, &["no `.proto` file"]);
    let bare = two_releases().clone_as("bare.git", &["--bare"]);
    check_says(&bare, "init", 2, &["bare", "--stdout"]);
    check_says(&bare, "init --stdout", 0, &["[components.harbor]"]);
}
