//! stub
#[derive(Clone, Copy)]
pub(crate) enum Format { Raw = 0, Packed = 1, Serialized = 2 }
impl TryFrom<u8> for Format { type Error = (); fn try_from(b: u8) -> Result<Self, ()> { match b { 0 => Ok(Self::Raw), 1 => Ok(Self::Packed), 2 => Ok(Self::Serialized), _ => Err(()) } } }
