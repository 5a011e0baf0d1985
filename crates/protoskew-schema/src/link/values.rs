//! Defaults in one form: equal values are equal texts.

use crate::parse::errors::SyntaxErrors;
use crate::parse::lexer::{Lexer, TokenKind};
use crate::parse::literal;
use crate::{FieldType, Name, Scalar, Span};

/// The default of a field of that type, or why it is none.
pub(crate) fn default(text: &[u8], span: Span, ty: &FieldType) -> Result<Name, &'static str> {
    let FieldType::Scalar(scalar) = ty else {
        return Ok(literal::normal_value(text, span));
    };
    let mut lexer = Lexer::over(text, span);
    let mut errors = SyntaxErrors::default();
    let mut token = lexer.next(&mut errors);
    let negative = lexer.text_of(token) == b"-";
    if negative {
        token = lexer.next(&mut errors);
    }
    let word = lexer.text_of(token);
    match scalar {
        Scalar::String | Scalar::Bytes => {
            if token.kind() != TokenKind::Str {
                return Err("the default of this field must be a string");
            }
            let bytes = literal::strings(text, span);
            Ok(literal::escape(&bytes, *scalar == Scalar::String).into())
        }
        Scalar::Bool => match word {
            b"true" if !negative => Ok(Name::new_static("true")),
            b"false" if !negative => Ok(Name::new_static("false")),
            _ => Err("the default of this field must be `true` or `false`"),
        },
        Scalar::Float | Scalar::Double => {
            let value =
                number(word, token.kind()).ok_or("the default of this field must be a number")?;
            let value = if negative { -value } else { value };
            Ok(float(value, *scalar == Scalar::Float))
        }
        _ => {
            if token.kind() != TokenKind::Int {
                return Err("the default of this field must be an integer");
            }
            let (least, most) = bounds(*scalar);
            let value = literal::unsigned(word).map(i128::from);
            let value = value.map(|v| if negative { -v } else { v });
            match value.filter(|v| (least..=most).contains(v)) {
                Some(value) if !(negative && least == 0) => Ok(value.to_string().into()),
                _ => Err("this default does not fit into the field's type"),
            }
        }
    }
}

/// The default of a field of that type as a descriptor holds it, or why it is none.
pub(crate) fn described(value: &[u8], ty: &FieldType) -> Result<Name, &'static str> {
    let FieldType::Scalar(scalar) = ty else {
        return Ok(String::from_utf8_lossy(value).into());
    };
    match scalar {
        Scalar::String => Ok(literal::escape(value, true).into()),
        Scalar::Bytes => {
            let mut bytes = Vec::new();
            literal::unescape(value, &mut bytes);
            Ok(literal::escape(&bytes, false).into())
        }
        Scalar::Float | Scalar::Double => {
            let number = std::str::from_utf8(value).ok().and_then(|v| v.parse().ok());
            let number = number.ok_or("the default of this field must be a number")?;
            Ok(float(number, *scalar == Scalar::Float))
        }
        _ => {
            let (span, end) = (0, value.len().try_into());
            let Ok(end) = end else {
                return Err("this default does not fit into the field's type");
            };
            default(value, Span { start: span, end }, ty)
        }
    }
}

/// The least and the largest number of an integer type.
pub(crate) fn bounds(scalar: Scalar) -> (i128, i128) {
    match scalar {
        Scalar::Int32 | Scalar::Sint32 | Scalar::Sfixed32 => (i32::MIN.into(), i32::MAX.into()),
        Scalar::Int64 | Scalar::Sint64 | Scalar::Sfixed64 => (i64::MIN.into(), i64::MAX.into()),
        Scalar::Uint32 | Scalar::Fixed32 => (0, u32::MAX.into()),
        _ => (0, u64::MAX.into()),
    }
}

fn number(word: &[u8], kind: TokenKind) -> Option<f64> {
    match (kind, word) {
        (TokenKind::Ident, b"inf") => Some(f64::INFINITY),
        (TokenKind::Ident, b"nan") => Some(f64::NAN),
        (TokenKind::Int, _) => literal::unsigned(word)
            .map(|value| value as f64)
            // a decimal that is too long for an integer is still a number; hex and octal are not
            .or_else(|| (word[0] != b'0').then(|| parse(word)).flatten()),
        (TokenKind::Float, _) => parse(word),
        _ => None,
    }
}

fn parse(word: &[u8]) -> Option<f64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}

/// The shortest decimal that reads back as the same value of the field's width.
fn float(value: f64, single: bool) -> Name {
    if value.is_nan() {
        return Name::new_static("nan");
    }
    let text = if single {
        format!("{:?}", value as f32)
    } else {
        format!("{value:?}")
    };
    text.strip_suffix(".0").unwrap_or(&text).into()
}
