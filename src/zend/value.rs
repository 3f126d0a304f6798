//! stub
use ext_php_rs::types::Zval;
use crate::wire::codec::Format;
pub(crate) struct Encoded<'v> { b: Vec<u8>, p: std::marker::PhantomData<&'v ()> }
impl Encoded<'_> { pub(crate) fn format(&self) -> Format { Format::Packed } pub(crate) fn len(&self) -> usize { self.b.len() } pub(crate) fn chunks(&self) -> impl Iterator<Item=&[u8]> { [&self.b[..]].into_iter() } }
pub(crate) struct Unserializable { pub(crate) type_name: String, pub(crate) path: String, pub(crate) reason: String }
#[derive(Debug)]
pub(crate) enum DecodeError { Malformed }
pub(crate) fn encode(value: &Zval) -> Result<Encoded<'_>, Unserializable> { Ok(Encoded { b: value.long().unwrap_or(0).to_string().into_bytes(), p: std::marker::PhantomData }) }
pub(crate) fn decode(_: Format, b: &[u8]) -> Result<Zval, DecodeError> { let mut z = Zval::new(); z.set_long(std::str::from_utf8(b).unwrap().parse::<i64>().unwrap()); Ok(z) }
