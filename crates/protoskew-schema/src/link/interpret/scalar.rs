//! Values of options that are no aggregates: one word, number or string.

use super::shapes::{Slot, SlotType, enum_data};
use super::text::{integer_data, real_data, text_data};
use super::{Result, Wrong, nearest};
use crate::parse::errors::SyntaxErrors;
use crate::parse::lexer::{Lexer, TokenKind};
use crate::parse::literal;
use crate::{Enum, OptionData, Scalar, Span};

/// Reads the value of an option that is no message.
pub(super) fn value(text: &[u8], span: Span, slot: &Slot<'_>) -> Result<OptionData> {
    let mut lexer = Lexer::over(text, span);
    let mut errors = SyntaxErrors::default();
    let mut token = lexer.next(&mut errors);
    let negative = lexer.text_of(token) == b"-";
    if negative {
        token = lexer.next(&mut errors);
    }
    let word = lexer.text_of(token);
    let wants = |what: &str| {
        let message = format!("the option `{}` wants {what}", slot.name);
        Err(Wrong::at(span, message))
    };
    let integer = match token.kind() {
        TokenKind::Int => literal::unsigned(word).map(|v| (v, i128::from(v))),
        _ => None,
    };
    let SlotType::Scalar(scalar) = slot.ty else {
        let SlotType::Enum(item) = slot.ty else {
            return wants("a message in braces");
        };
        if negative || token.kind() != TokenKind::Ident {
            return wants(&format!("the name of a value of `{}`", item.name));
        }
        return enum_value(item, word, token.span());
    };
    match scalar {
        Scalar::String | Scalar::Bytes => {
            if token.kind() != TokenKind::Str {
                return wants("a string in quotes");
            }
            Ok(text_data(scalar, &literal::strings(text, span)))
        }
        Scalar::Bool => match word {
            b"true" if !negative => Ok(OptionData::Bool(true)),
            b"false" if !negative => Ok(OptionData::Bool(false)),
            _ => wants("`true` or `false`"),
        },
        Scalar::Float | Scalar::Double => {
            let value = match (token.kind(), word) {
                (TokenKind::Ident, b"inf") => f64::INFINITY,
                (TokenKind::Ident, b"nan") => f64::NAN,
                (TokenKind::Int, _) => match integer {
                    // straight to the width of the field: twice rounded is not once rounded
                    Some((value, _)) if scalar == Scalar::Float => f64::from(value as f32),
                    Some((value, _)) => value as f64,
                    // a decimal that is too long for an integer is still a number
                    None => match std::str::from_utf8(word).map(str::parse) {
                        Ok(Ok(value)) if word[0] != b'0' => value,
                        _ => return wants("a number"),
                    },
                },
                (TokenKind::Float, _) => match std::str::from_utf8(word).map(str::parse) {
                    Ok(Ok(value)) => value,
                    _ => return wants("a number"),
                },
                _ => return wants("a number"),
            };
            // an integer has no negative zero
            let value = match (negative, integer) {
                (true, Some((0, _))) | (false, _) => value,
                (true, _) => -value,
            };
            Ok(real_data(scalar, value))
        }
        _ => {
            let Some((_, value)) = integer else {
                return wants("an integer");
            };
            let unsigned = !super::shapes::is_signed(scalar);
            if negative && unsigned {
                return wants("an integer without a sign");
            }
            match integer_data(scalar, if negative { -value } else { value }) {
                Some(data) => Ok(data),
                None => wants(&format!("a number that fits `{}`", scalar.keyword())),
            }
        }
    }
}

/// A value of an enum by its name.
pub(super) fn enum_value(item: &Enum, word: &[u8], span: Span) -> Result<OptionData> {
    let named = item.values.iter().find(|v| v.name.as_bytes() == word);
    match named {
        Some(value) => Ok(enum_data(item, value.number)),
        None => {
            let word = String::from_utf8_lossy(word);
            let text = format!("`{}` has no value `{word}`", item.name);
            let names = item.values.iter().map(|v| v.name.as_str());
            Err(Wrong::help(span, text, nearest(&word, names)))
        }
    }
}
