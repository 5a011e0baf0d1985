//! The raw walker: tags, varints, lengths and groups of any bytes, without a schema.

use std::fmt;

/// How deep groups may nest in each other.
pub const DEEPEST_GROUP: u32 = 100;

/// How a value lies in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum WireType {
    /// Seven bits a byte, the lowest first.
    Varint,
    /// Eight bytes.
    I64,
    /// A length, and as many bytes.
    Len,
    /// The start of a group.
    StartGroup,
    /// The end of a group.
    EndGroup,
    /// Four bytes.
    I32,
}

impl WireType {
    fn of(bits: u64) -> Option<Self> {
        Some(match bits {
            0 => Self::Varint,
            1 => Self::I64,
            2 => Self::Len,
            3 => Self::StartGroup,
            4 => Self::EndGroup,
            5 => Self::I32,
            _ => return None,
        })
    }

    /// The bits that stand for it in a tag.
    pub const fn bits(self) -> u32 {
        self as u32
    }
}

/// Why bytes are no message, with the offset at which that showed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Bytes before it.
    pub at: usize,
    /// What is wrong.
    pub why: Why,
}

/// What is wrong with bytes that are no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// The bytes end inside a value.
    Truncated,
    /// A varint of more than ten bytes, or a tag of more than 32 bits.
    LongVarint,
    /// Field number 0, or one that is too large.
    Number,
    /// A wire type that does not exist.
    WireType,
    /// A group ends that did not begin, or under another number.
    EndGroup,
    /// More groups in each other than [`DEEPEST_GROUP`].
    Deep,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            Why::Truncated => "the bytes end inside a value",
            Why::LongVarint => "a varint is too long",
            Why::Number => "a field number does not exist",
            Why::WireType => "a wire type does not exist",
            Why::EndGroup => "a group ends that did not begin",
            Why::Deep => "groups nest too deep",
        };
        write!(f, "{why} (byte {})", self.at)
    }
}

/// A cursor over bytes.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// One field, undecoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawField<'a> {
    /// Its number, from 1.
    pub number: u32,
    /// Its value.
    pub value: Raw<'a>,
    /// The whole field: tag and value.
    pub bytes: &'a [u8],
}

/// A value as it lies in the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raw<'a> {
    /// A varint.
    Varint(u64),
    /// Eight bytes, little-endian.
    I64(u64),
    /// What a length is followed by.
    Len(&'a [u8]),
    /// What stands between the tags of a group.
    Group(&'a [u8]),
    /// Four bytes, little-endian.
    I32(u32),
}

impl<'a> Reader<'a> {
    /// A cursor at the first byte.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// How many bytes were read.
    pub fn at(&self) -> usize {
        self.at
    }

    /// True behind the last byte.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The bytes from an earlier offset to here.
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    pub(crate) fn malformed(&self, why: Why) -> Malformed {
        Malformed { at: self.at, why }
    }

    /// A varint; what goes beyond 64 bits in its tenth byte is dropped, as runtimes do.
    pub fn varint(&mut self) -> Result<u64, Malformed> {
        let mut value = 0u64;
        for place in 0..10 {
            let byte = *self
                .bytes
                .get(self.at + place)
                .ok_or(self.malformed(Why::Truncated))?;
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                self.at += place + 1;
                return Ok(value);
            }
        }
        Err(self.malformed(Why::LongVarint))
    }

    /// A varint as protobufjs 7 reads one of 32 bits: what goes on behind five bytes is taken to be ten long.
    pub fn varint_of_five_or_ten(&mut self) -> Result<u64, Malformed> {
        let mut value = 0u64;
        for place in 0..5 {
            let byte = *self
                .bytes
                .get(self.at + place)
                .ok_or(self.malformed(Why::Truncated))?;
            value |= u64::from(byte & 0x7f) << (7 * place);
            if byte < 0x80 {
                self.at += place + 1;
                return Ok(value);
            }
        }
        self.take(10)?;
        Ok(value)
    }

    /// A field's number and wire type.
    pub fn tag(&mut self) -> Result<(u32, WireType), Malformed> {
        let start = self.clone();
        match self.tag_or_zero()? {
            (0, _) => Err(start.malformed(Why::Number)),
            tag => Ok(tag),
        }
    }

    /// The same for a reader that takes the number 0.
    pub fn tag_or_zero(&mut self) -> Result<(u32, WireType), Malformed> {
        let start = self.clone();
        let tag = self.varint()?;
        if tag > u64::from(u32::MAX) {
            return Err(start.malformed(Why::LongVarint));
        }
        let wire_type = WireType::of(tag & 7).ok_or(start.malformed(Why::WireType))?;
        Ok(((tag >> 3) as u32, wire_type))
    }

    /// As many bytes.
    pub fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| self.bytes.get(self.at..end));
        let taken = taken.ok_or(self.malformed(Why::Truncated))?;
        self.at += count;
        Ok(taken)
    }

    /// A length and what it is followed by.
    pub fn len_prefixed(&mut self) -> Result<&'a [u8], Malformed> {
        let start = self.clone();
        let length = usize::try_from(self.varint()?);
        self.take(length.map_err(|_| start.malformed(Why::Truncated))?)
    }

    /// Four bytes.
    pub fn fixed32(&mut self) -> Result<u32, Malformed> {
        let bytes = self.take(4)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 8 | u32::from(byte)))
    }

    /// Eight bytes.
    pub fn fixed64(&mut self) -> Result<u64, Malformed> {
        let bytes = self.take(8)?;
        Ok(bytes
            .iter()
            .rev()
            .fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    /// The value of a field whose tag was just read.
    pub fn value(&mut self, number: u32, wire_type: WireType) -> Result<Raw<'a>, Malformed> {
        Ok(match wire_type {
            WireType::Varint => Raw::Varint(self.varint()?),
            WireType::I64 => Raw::I64(self.fixed64()?),
            WireType::Len => Raw::Len(self.len_prefixed()?),
            WireType::I32 => Raw::I32(self.fixed32()?),
            WireType::StartGroup => Raw::Group(self.group(number)?),
            WireType::EndGroup => return Err(self.malformed(Why::EndGroup)),
        })
    }

    /// What stands before the end of a group whose start was just read. Counts depth instead of recursing.
    fn group(&mut self, number: u32) -> Result<&'a [u8], Malformed> {
        let start = self.at;
        let mut open = vec![number];
        loop {
            let before = self.at;
            let (number, wire_type) = self.tag()?;
            match wire_type {
                WireType::StartGroup if open.len() as u32 >= DEEPEST_GROUP => {
                    return Err(self.malformed(Why::Deep));
                }
                WireType::StartGroup => open.push(number),
                WireType::EndGroup => {
                    if open.pop() != Some(number) {
                        return Err(self.malformed(Why::EndGroup));
                    }
                    if open.is_empty() {
                        return Ok(self.bytes.get(start..before).unwrap_or_default());
                    }
                }
                other => {
                    self.value(number, other)?;
                }
            }
        }
    }
}

/// The fields of a message in the order of its bytes; ends after the first thing that is malformed.
#[derive(Clone, Debug)]
pub struct Walker<'a> {
    reader: Reader<'a>,
    ended: bool,
}

impl<'a> Walker<'a> {
    /// Walks the bytes of one message.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self {
            reader: Reader::new(bytes),
            ended: false,
        }
    }

    fn field(&mut self) -> Result<RawField<'a>, Malformed> {
        let start = self.reader.at();
        let (number, wire_type) = self.reader.tag()?;
        let value = self.reader.value(number, wire_type)?;
        Ok(RawField {
            number,
            value,
            bytes: self.reader.since(start),
        })
    }
}

impl<'a> Iterator for Walker<'a> {
    type Item = Result<RawField<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended || self.reader.is_at_end() {
            return None;
        }
        let field = self.field();
        self.ended = field.is_err();
        Some(field)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn walk(bytes: &[u8]) -> Vec<Result<(u32, Raw<'_>), Why>> {
        Walker::new(bytes)
            .map(|field| match field {
                Ok(field) => Ok((field.number, field.value)),
                Err(error) => Err(error.why),
            })
            .collect()
    }

    #[test]
    fn every_wire_type() {
        let bytes = [
            0x08, 0x96, 0x01, 0x11, 1, 0, 0, 0, 0, 0, 0, 0, 0x1a, 2, 0x68, 0x69, 0x23, 0x08, 5,
            0x24, 0x2d, 2, 0, 0, 0,
        ];
        assert_eq!(
            walk(&bytes),
            [
                Ok((1, Raw::Varint(150))),
                Ok((2, Raw::I64(1))),
                Ok((3, Raw::Len(b"hi"))),
                Ok((4, Raw::Group(&[0x08, 5]))),
                Ok((5, Raw::I32(2))),
            ]
        );
    }

    #[test]
    fn what_is_malformed_ends_the_walk() {
        for (bytes, why) in [
            (&[0x08][..], Why::Truncated),
            (&[0x0a, 5, 1], Why::Truncated),
            (
                &[
                    0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1,
                ],
                Why::Truncated,
            ),
            (&[0x00, 1], Why::Number),
            (&[0x0e], Why::WireType),
            (&[0x0c], Why::EndGroup),
            (&[0x0b, 0x14], Why::EndGroup),
            (&[0x0b], Why::Truncated),
            (
                &[
                    0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80,
                ],
                Why::LongVarint,
            ),
            (&[0x88, 0x80, 0x80, 0x80, 0x80, 1, 1], Why::LongVarint),
        ] {
            assert_eq!(walk(bytes), [Err(why)], "{bytes:x?}");
        }
        let deep = vec![0x0b; 1_000_000];
        assert_eq!(walk(&deep), [Err(Why::Deep)]);
    }

    /// Whatever the bytes, the walk ends, and the fields lie one behind the other.
    #[test]
    fn any_bytes() {
        let mut state = 1u64;
        for length in 0..2_000 {
            let bytes: Vec<u8> = (0..length % 40)
                .map(|_| {
                    state = state.wrapping_mul(6364136223846793005).wrapping_add(1);
                    (state >> 40) as u8
                })
                .collect();
            let whole: usize = Walker::new(&bytes)
                .flatten()
                .map(|field| field.bytes.len())
                .sum();
            assert!(whole <= bytes.len());
        }
    }
}
