//! Pairs that did not hold once, as `cargo xtask conformance wire` prints them: each is checked again in every run of the tests.

use super::hits::Hits;
use super::property::{check_files, files};

/// A pair of schemas, and how it failed. Further files begin with `// file: NAME`.
pub(super) struct Regression {
    pub(super) what: &'static str,
    pub(super) old: &'static str,
    pub(super) new: &'static str,
}

pub(super) const REGRESSIONS: &[Regression] = &[
    Regression {
        what: "new to old, prost: told misread, shown reject",
        old: r#"edition = "2023";
package t;
message M {
  int32 f6 = 6;
  extensions 2;
}
extend M {
  int32 f2 = 2;
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  float f2 = 6;
  int32 f6 = 2;
}
"#,
    },
    Regression {
        what: "old to new, prost: told misread, shown reject",
        old: r#"edition = "2023";
package t;
message M {
  map<uint64, int32> f3 = 3;
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  map<sint32, fixed32> f3 = 3;
}
"#,
    },
    Regression {
        what: "old to new, prost: told blind, shown lossy",
        old: r#"edition = "2023";
package t;
message M {
  int32 f2 = 2;
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  int32 f2 = 6;
  extensions 2;
}
extend M {
  int32 f3 = 2;
}
"#,
    },
    Regression {
        what: "old to new, cpp: told misread, shown reject",
        old: r#"edition = "2023";
package t;
message Other {
  int32 x = 1;
  fixed32 y = 2;
}
message M {
  extensions 6;
}
extend M {
  Other f6 = 6;
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  repeated fixed64 f4 = 6;
  extensions 4;
}
extend M {
  int32 f6 = 4;
}
"#,
    },
    Regression {
        what: "new to old, rust-protobuf-2: told misread, shown reject",
        old: r#"syntax = "proto2";
package t;
message Twin {
  optional int32 x = 1;
  optional string y = 2;
}
message M {
  map<int32, sfixed32> f3 = 3;
  required Twin f7 = 7;
}
"#,
        new: r#"syntax = "proto2";
package t;
message Twin {
  optional int32 x = 1;
  optional string y = 2;
}
message M {
  map<int32, sfixed32> f3 = 7;
  required Twin f7 = 3;
}
"#,
    },
    Regression {
        what: "new to old, rust-protobuf-2: told misread, shown reject",
        old: r#"edition = "2023";
package t;
message M {
  int32 f3 = 3;
  extensions 4;
}
extend M {
  int32 f4 = 4;
}
"#,
        new: r#"edition = "2023";
package t;
message Leaf {
  int32 x = 1;
  string y = 2;
}
message M {
  Leaf f3 = 4 [features.field_presence = LEGACY_REQUIRED];
  extensions 3;
}
extend M {
  int32 f4 = 3;
}
"#,
    },
    Regression {
        what: "new to old, prost: told misread, shown reject",
        old: r#"edition = "2023";
package t;
message Twin {
  int32 x = 1;
  string y = 2;
}
message M {
  int32 f3 = 3;
  Twin f6 = 6;
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  int32 f3 = 6 [features.field_presence = LEGACY_REQUIRED];
  int32 f6 = 3;
}
"#,
    },
    Regression {
        what: "new to old, rust-protobuf-2: told reject, shown misread",
        old: r#"edition = "2023";
package t;
enum E1 {
  E1_V0 = 0;
}
message M {
  map<uint64, E1> f4 = 4;
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  map<int32, int32> reused4 = 4;
}
"#,
    },
    Regression {
        what: "new to old, prost: told reject, shown misread",
        old: r#"edition = "2023";
package t;
message Leaf {
  int32 x = 1;
  string y = 2;
}
message M {
  Leaf f1 = 1;
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  map<int32, bytes> reused1 = 1;
}
"#,
    },
    Regression {
        what: "old to new, prost: told reject, shown misread",
        old: r#"edition = "2023";
package t;
message M {
  map<sint32, bytes> f1 = 1;
}
"#,
        new: r#"edition = "2023";
package t;
message Twin {
  int32 x = 1;
  string y = 2;
}
message M {
  map<bool, Twin> reused1 = 1;
}
"#,
    },
    Regression {
        what: "new to old, prost: told reject, shown misread",
        old: r#"edition = "2023";
package t;
message Twin {
  int32 x = 1;
  string y = 2;
}
message M {
  Twin f5 = 5;
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  map<int32, bytes> reused5 = 5;
}
"#,
    },
    Regression {
        what: "old to new, prost: told reject, shown misread",
        old: r#"edition = "2023";
package t;
message M {
  map<int32, string> f4 = 4;
}
"#,
        new: r#"edition = "2023";
package t;
message Twin {
  int32 x = 1;
  string y = 2;
}
message M {
  map<bool, Twin> reused4 = 4;
}
"#,
    },
    Regression {
        what: "old to new, prost: told misread, shown reject",
        old: r#"edition = "2023";
package t;
message M {
  bytes f4 = 4 [features.field_presence = IMPLICIT];
}
"#,
        new: r#"edition = "2023";
package t;
message M {
  map<string, bytes> f4_renamed = 4;
}
"#,
    },
    Regression {
        what: "old to new, upb: told lossy, shown reject",
        old: r#"edition = "2023";
package t;
message M {
  map<string, bytes> f2 = 2;
}
"#,
        new: r#"edition = "2023";
package t;
message Twin {
  int32 x = 1;
  string y = 2;
}
message M {
  map<uint64, Twin> reused2 = 2;
}
"#,
    },
];

#[test]
fn what_failed_once_holds() {
    for regression in REGRESSIONS {
        let [old, new] = [regression.old, regression.new].map(files);
        if let Err(broken) = check_files(&old, &new, &mut Hits::default()) {
            panic!("{} failed again: {broken:#?}", regression.what);
        }
    }
}
