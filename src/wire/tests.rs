//! Tests of the value format, written and read without PHP.

use super::codec::{BORROW_FROM, MAX_DEPTH, RUN_MAX};
use super::decode::{Malformed, Scalar, decode, scalar};
use super::encode::{self, Packer};
use super::tree::{Forest, Key, Tree, sample};

fn read(bytes: &[u8]) -> Result<Forest, Malformed> {
    let mut forest = Forest::new();
    decode(bytes, &mut forest, 0)?;
    assert!(forest.declared <= bytes.len(), "{} elements in {} bytes", forest.declared, bytes.len());
    Ok(forest)
}

fn written(write: impl FnOnce(&mut Packer<'_>)) -> Vec<u8> {
    let mut packer = Packer::new();
    write(&mut packer);
    packer.finish().chunks().flatten().copied().collect()
}

fn ints(forest: &Forest) -> Vec<i64> {
    let Tree::List(items) = &forest.trees[0] else { panic!("{:?}", forest.trees[0]) };
    let int = |place: &usize| match forest.trees[*place] {
        Tree::Int(value) => value,
        ref other => panic!("{other:?}"),
    };
    items.iter().map(int).collect()
}

#[test]
fn scalars_alone_are_read_as_any_value_is() {
    let ints = (0..64).flat_map(|bit| [0, 1, -1].map(|by| (1_i64 << bit).wrapping_add(by)));
    let ints = ints.flat_map(|int| [int, int.wrapping_neg()]).chain([i64::MIN, i64::MAX]);
    for int in ints {
        let bytes = written(|packer| packer.int(int).unwrap());
        assert_eq!(bytes, encode::Scalar::int(int).get());
        assert_eq!(
            (scalar(&bytes), &read(&bytes).unwrap().trees[0]),
            (Some(Scalar::Int(int)), &Tree::Int(int))
        );
        assert_eq!(scalar(&bytes[..bytes.len() - 1]), None);
        assert_eq!(scalar(&[&bytes[..], &[0]].concat()), None);
    }
    assert_eq!(scalar(encode::Scalar::null().get()), Some(Scalar::Null));
    assert_eq!(scalar(encode::Scalar::bool(true).get()), Some(Scalar::Bool(true)));
    assert_eq!(scalar(encode::Scalar::bool(false).get()), Some(Scalar::Bool(false)));
    assert_eq!(scalar(encode::Scalar::float(-0.5).get()), Some(Scalar::Float(-0.5)));
    assert_eq!(scalar(&written(|packer| packer.string(b"text").unwrap())), None);
    assert_eq!(scalar(&[0xCF, 0xFF, 0, 0, 0, 0, 0, 0, 0]), None, "no integer of PHP");
}

#[test]
fn one_of_everything_is_read_as_it_was_written() {
    let forest = read(&sample().unwrap()).unwrap();
    let Tree::List(items) = &forest.trees[0] else { panic!("{:?}", forest.trees[0]) };
    let tree = |index: usize| &forest.trees[items[index]];
    assert_eq!(*tree(2), Tree::Int(i64::MIN));
    assert_eq!(*tree(3), Tree::Float(f64::NAN.to_bits()));
    assert_eq!(*tree(4), Tree::String(b"\xff\x00".to_vec()));
    let (Tree::Map(one), Tree::Map(other)) = (tree(8), tree(9)) else {
        panic!("{:?} {:?}", tree(8), tree(9))
    };
    let keys = |pairs: &[(Key, usize)]| pairs.iter().map(|(key, _)| key.clone()).collect::<Vec<_>>();
    assert_eq!(keys(one), [Key::String(b"id".to_vec()), Key::String(b"name".to_vec())]);
    assert_eq!(keys(one), keys(other));
    assert_eq!(*tree(13), Tree::Case(b"Suit".to_vec(), b"Hearts".to_vec()));
    let (text, zone) = (b"2024-02-29 12:00:00.000000".to_vec(), b"Europe/Berlin".to_vec());
    assert_eq!(*tree(14), Tree::Date(true, text, 3, zone));
    assert_eq!(*tree(15), Tree::Int(i64::try_from(items[14]).unwrap()));
}

#[test]
fn runs_keep_every_width_and_every_length() {
    for edge in [i64::from(i8::MAX), i64::from(i16::MAX), i64::from(i32::MAX), i64::MAX] {
        for values in [vec![edge; 9], vec![!edge, edge], vec![edge.wrapping_add(1), 0], vec![]] {
            let range =
                (values.iter().copied().min().unwrap_or(0), values.iter().copied().max().unwrap_or(0));
            let bytes = written(|packer| packer.ints(values.iter().copied(), range).unwrap());
            assert_eq!(ints(&read(&bytes).unwrap()), values);
        }
    }
    let long: Vec<i64> = (0..i64::try_from(2 * RUN_MAX + 5).unwrap()).collect();
    let bytes = written(|packer| packer.ints(long.iter().copied(), (0, 1 << 40)).unwrap());
    assert_eq!(ints(&read(&bytes).unwrap()), long);
}

#[test]
fn long_strings_are_borrowed_and_stay_in_their_place() {
    let long = vec![b'x'; BORROW_FROM];
    let mut packer = Packer::new();
    packer.list(4).unwrap();
    packer.string(&long).unwrap();
    packer.int(1).unwrap();
    packer.string(&long).unwrap();
    packer.string(&long).unwrap();
    let buffer = packer.finish();
    assert_eq!(buffer.chunks().filter(|chunk| chunk.as_ptr() == long.as_ptr()).count(), 3);
    let bytes: Vec<u8> = buffer.chunks().flatten().copied().collect();
    assert_eq!(bytes.len(), buffer.len());
    let forest = read(&bytes).unwrap();
    assert_eq!(forest.trees.iter().filter(|tree| **tree == Tree::String(long.clone())).count(), 3);
}

#[test]
fn every_beginning_of_a_payload_is_refused() {
    let bytes = sample().unwrap();
    for end in 0..bytes.len() {
        assert!(read(&bytes[..end]).is_err(), "{end} bytes");
    }
    for more in 0..=u8::MAX {
        assert!(read(&[&bytes[..], &[more]].concat()).is_err(), "followed by {more}");
    }
}

#[test]
fn what_no_writer_writes_is_refused() {
    for (what, bytes) in [
        ("a list longer than its input", &b"\xdd\xff\xff\xff\xff\x01"[..]),
        ("a map longer than its input", b"\xdf\x7f\xff\xff\xff"),
        ("a list of runs longer than its input", b"\x92\xd6\x01\xff\xff\xff\x7f\xd4\x08\x01"),
        ("a run that ends within a number", b"\x92\xd6\x01\x01\x00\x00\x00\xc7\x03\x09\x01\x01\x01"),
        ("a run that is too short", b"\x92\xd6\x01\x02\x00\x00\x00\xd4\x08\x01"),
        ("a run that is too long", b"\x92\xd6\x01\x01\x00\x00\x00\xd5\x08\x01\x01"),
        ("an unsigned integer that PHP has not", b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff"),
        ("a text with an encoding", b"\xa1a"),
        ("a key that is null", b"\x81\xc0\x01"),
        ("an extension type for a value", b"\xd4\x03\x00"),
        ("a shape that was not defined", b"\x92\xd4\x03\x00\x01"),
        ("a number of a shape that is too high", b"\x92\xd4\x02\x40\x80"),
        ("a class without a name", b"\x93\xd5\x04\x00\x00\xc4\x00\x90"),
        ("an object of no class", b"\x91\xd5\x05\x00\x00"),
        ("an object that was not shared", b"\x91\xd6\x07\x00\x00\x00\x00"),
        ("properties that are a list", b"\x92\xd4\x06\x00\x91\x01"),
        ("no bytes at all", b""),
    ] {
        assert!(read(bytes).is_err(), "{what}: {:?}", read(bytes));
    }
}

#[test]
fn depth_has_a_limit_that_values_do_not_reach() {
    let nested = |depth: usize| [vec![0x91; depth], vec![0x01]].concat();
    assert!(read(&nested(MAX_DEPTH)).is_ok());
    assert!(read(&nested(1 << 20)).is_err());
}

#[test]
fn changed_bytes_give_a_value_or_an_error() {
    let sample = sample().unwrap();
    // The constants of Knuth's MMIX generator: the same bytes in every run.
    let mut state = 1_u64;
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    let mut read_at_all = 0;
    for _ in 0..50_000 {
        let mut bytes = sample.clone();
        for _ in 0..=random(3) {
            let place = random(bytes.len());
            bytes[place] = u8::try_from(random(256)).unwrap();
        }
        read_at_all += usize::from(read(&bytes).is_ok());
    }
    assert!(read_at_all > 0, "the test changes too much");
}
