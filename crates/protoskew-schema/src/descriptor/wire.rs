//! The wire format, read field by field from borrowed bytes.
//!
//! Our own, in a page: the crate stays free of generated code, keeps the bytes of options as they stand (their meaning is known only
//! when the whole set is), has no limit of 32 MiB for one element, and can be fuzzed as a whole.

/// One field of an encoded message.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field<'b> {
    pub(crate) number: u32,
    pub(crate) value: Value<'b>,
}

/// The value of a field, by wire type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Value<'b> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'b [u8]),
    /// What stands between the tags of a group.
    Group(&'b [u8]),
    Fixed32(u32),
}

/// The bytes are no encoded message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// Where it shows: the address of a byte, so that an offset into any slice around can be told.
    address: usize,
    pub(crate) why: Why,
}

impl Broken {
    pub(crate) fn new(at: &[u8], why: Why) -> Self {
        Self {
            address: at.as_ptr().addr(),
            why,
        }
    }

    /// The offset in the bytes that everything was read from.
    pub(crate) fn offset_in(&self, whole: &[u8]) -> usize {
        self.address
            .saturating_sub(whole.as_ptr().addr())
            .min(whole.len())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Why {
    /// The bytes end in the middle of a field.
    Truncated,
    /// A tag or a length that nothing writes.
    Malformed,
    /// Messages are nested deeper than is read.
    TooDeep,
}

use crate::limits::DEEPEST_GROUP;

/// Reads the fields of one message, in order.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'b> {
    rest: &'b [u8],
}

impl<'b> Reader<'b> {
    pub(crate) fn new(bytes: &'b [u8]) -> Self {
        Self { rest: bytes }
    }

    /// The next field, or `None` behind the last one.
    pub(crate) fn next(&mut self) -> Result<Option<Field<'b>>, Broken> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (number, wire_type) = self.tag()?;
        let value = match wire_type {
            3 => Value::Group(self.group(number)?),
            _ => self.value(wire_type)?,
        };
        Ok(Some(Field { number, value }))
    }

    /// A value without its tag, as in a packed field; not a group's.
    pub(crate) fn value(&mut self, wire_type: u8) -> Result<Value<'b>, Broken> {
        Ok(match wire_type {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.fixed()?)),
            2 => Value::Bytes(self.bytes()?),
            5 => Value::Fixed32(u32::from_le_bytes(self.fixed()?)),
            _ => return Err(self.broken(Why::Malformed)),
        })
    }

    /// What was not read yet.
    pub(crate) fn rest(&self) -> &'b [u8] {
        self.rest
    }

    fn tag(&mut self) -> Result<(u32, u8), Broken> {
        let tag = self.varint()?;
        match u32::try_from(tag) {
            Ok(tag) if tag >> 3 != 0 => Ok((tag >> 3, (tag & 7) as u8)),
            _ => Err(self.broken(Why::Malformed)),
        }
    }

    fn varint(&mut self) -> Result<u64, Broken> {
        let mut value = 0_u64;
        for at in 0..10 {
            let Some(&byte) = self.rest.get(at) else {
                return Err(self.broken(Why::Truncated));
            };
            value |= u64::from(byte & 0x7f) << (7 * at);
            if byte < 0x80 {
                self.rest = &self.rest[at + 1..];
                return Ok(value);
            }
        }
        Err(self.broken(Why::Malformed))
    }

    fn fixed<const N: usize>(&mut self) -> Result<[u8; N], Broken> {
        match self.rest.split_first_chunk::<N>() {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(*bytes)
            }
            None => Err(self.broken(Why::Truncated)),
        }
    }

    fn bytes(&mut self) -> Result<&'b [u8], Broken> {
        let length = self.varint()?;
        let split = usize::try_from(length).ok();
        match split.and_then(|length| self.rest.split_at_checked(length)) {
            Some((bytes, rest)) => {
                self.rest = rest;
                Ok(bytes)
            }
            None => Err(self.broken(Why::Truncated)),
        }
    }

    /// Skips to the tag that ends the group, without recursion.
    fn group(&mut self, number: u32) -> Result<&'b [u8], Broken> {
        let whole = self.rest;
        let mut open = vec![number];
        loop {
            let before = self.rest.len();
            let (number, wire_type) = self.tag()?;
            match wire_type {
                3 if open.len() < DEEPEST_GROUP => open.push(number),
                4 if open.pop() == Some(number) => {
                    if open.is_empty() {
                        return Ok(&whole[..whole.len() - before]);
                    }
                }
                3 | 4 => return Err(self.broken(Why::Malformed)),
                _ => drop(self.value(wire_type)?),
            }
        }
    }

    fn broken(&self, why: Why) -> Broken {
        Broken::new(self.rest, why)
    }
}

/// The numbers of a repeated varint field, packed or not; what cannot be read is left out.
pub(crate) fn varints(value: Value<'_>) -> impl Iterator<Item = u64> {
    let (single, packed) = match value {
        Value::Varint(value) => (Some(value), &b""[..]),
        Value::Bytes(bytes) => (None, bytes),
        _ => (None, &b""[..]),
    };
    let mut packed = Reader::new(packed);
    let rest = std::iter::from_fn(move || {
        if packed.rest.is_empty() {
            return None;
        }
        packed.varint().ok()
    });
    single.into_iter().chain(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<usize, (usize, Why)>) {
        let mut reader = Reader::new(bytes);
        let mut fields = 0;
        let found = loop {
            match reader.next() {
                Ok(Some(_)) => fields += 1,
                Ok(None) => break Ok(fields),
                Err(broken) => break Err((bytes.len() - broken.offset_in(bytes), broken.why)),
            }
        };
        assert_eq!(found, expected, "{bytes:?}");
    }

    #[test]
    fn fields_are_read_and_what_is_none_is_refused() {
        check(b"", Ok(0));
        check(b"\x08\x01\x12\x01a\x1d1234\x2112345678", Ok(4));
        // a group in a group, and a field behind
        check(b"\x0b\x13\x08\x01\x14\x0c\x08\x01", Ok(2));
        check(b"\x12\x05a", Err((1, Why::Truncated)));
        check(b"\x08\x80", Err((1, Why::Truncated)));
        check(b"\x1d123", Err((3, Why::Truncated)));
        check(b"\x0b\x08\x01", Err((0, Why::Truncated)));
        // number 0, wire type 7, an end without a beginning, ends that cross, eleven bytes of varint
        check(b"\x00\x01", Err((1, Why::Malformed)));
        check(b"\x0f", Err((0, Why::Malformed)));
        check(b"\x0c", Err((0, Why::Malformed)));
        check(b"\x0b\x13\x0c", Err((0, Why::Malformed)));
        check(&[0xff; 11], Err((11, Why::Malformed)));
        // groups nested as deep as the limit, and one deeper
        let nested = |depth: usize| [vec![0x0b; depth], vec![0x0c; depth]].concat();
        check(&nested(DEEPEST_GROUP), Ok(1));
        check(
            &nested(DEEPEST_GROUP + 1),
            Err((DEEPEST_GROUP + 1, Why::Malformed)),
        );
    }

    #[test]
    fn packed_numbers_and_single_ones_are_alike() {
        assert_eq!(varints(Value::Varint(300)).collect::<Vec<_>>(), [300]);
        assert_eq!(
            varints(Value::Bytes(b"\xac\x02\x01")).collect::<Vec<_>>(),
            [300, 1]
        );
        assert_eq!(varints(Value::Fixed32(1)).count(), 0);
    }
}
