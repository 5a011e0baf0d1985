//! Bytes that no encoder writes: the decoder ends on them, in time that grows with their number.

use protoskew_wire::shape::{
    Cardinality, FieldShape, Kind, MessageShape, Presence, Scalar, Shapes,
};
use protoskew_wire::{Refusal, Runtime, decode};

/// A message whose field 1 is a map to such messages.
fn maps_of_maps() -> Shapes {
    let field = FieldShape {
        number: 1,
        name: "next".to_owned(),
        json_name: "next".to_owned(),
        kind: Kind::Message(0),
        cardinality: Cardinality::Map(Scalar::Int32),
        presence: Presence::Explicit,
        oneof: None,
        default: None,
        packed: false,
        delimited: false,
        utf8: false,
        proto2: false,
        extension: false,
    };
    Shapes {
        messages: vec![MessageShape {
            name: "M".to_owned(),
            fields: vec![field],
            origin: 0,
        }],
        enums: Vec::new(),
    }
}

/// gogo reads on behind an entry that ends inside of its value, and reads that again as what follows: twice for each such entry.
#[test]
fn entries_that_end_inside_of_each_other() {
    let mut bytes: Vec<u8> = Vec::new();
    for _ in 0..31 {
        let value = bytes.len() as u8;
        bytes.splice(0..0, [0x0a, 2, 0x12, value]);
    }
    let shapes = maps_of_maps();
    for runtime in Runtime::ALL {
        // that it ends is the point; gogo itself would read for as long as it takes
        let read = decode(&shapes, 0, runtime, &bytes);
        if [Runtime::Gogo, Runtime::Vtproto].contains(&runtime) {
            assert_eq!(read, Err(Refusal::Endless), "{runtime}");
        }
    }
}
