use std::fs::File;

use serde_json::{Value, json};

use super::TABLE_FORMATS;
use crate::exchange::npy::NPY_HEAD;
use crate::exchange::output::ID;
use crate::exchange::table::{Cell, Kind, TableSchema, column};
use crate::exchange::writer::RowWriter;

fn written(format: &str) -> Vec<(String, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let columns = vec![
        column("content_id", Kind::Bytes),
        column("title", Kind::Text),
        column("genres", Kind::Texts),
        column("seconds", Kind::Real),
        column("files", Kind::Rows(vec![column("path", Kind::Path), column("name", Kind::Text)])),
        column("vector_mfcc", Kind::Vector(2)),
    ];
    let table = TableSchema { name: "tracks", columns, metadata: vec![] };
    let rows = [("a, \"b\"", Some(vec![0.1_f32, -1e-8])), ("c", None), ("d", Some(vec![1.0, 2.0]))];
    let mut open = |name: String| {
        let path = folder.path().join(name);
        Ok((path.clone(), File::create(path).unwrap()))
    };
    let format = TABLE_FORMATS.iter().find(|row| row.name == format).unwrap();
    let mut writer: Box<dyn RowWriter> = format.writer(&table, &mut open).unwrap();
    for (title, vector) in rows {
        let files = vec![vec![Cell::Bytes(b"/m".to_vec()), Cell::Text("/m".into())]];
        let row = vec![
            Cell::Bytes(vec![0xab; ID]),
            Cell::Text(title.into()),
            Cell::Texts(vec!["Jazz".into(), "Pop".into()]),
            Cell::Real(1.5),
            Cell::Rows(files),
            vector.map_or(Cell::Null, Cell::Vector),
        ];
        writer.push(row).unwrap();
    }
    writer.finish().unwrap();
    let names = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = names
        .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read(path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn csv_quotes_what_needs_it_and_has_vectors_apart() {
    let files = written("csv");
    let id = "ab".repeat(ID);
    let texts: Vec<_> =
        files.iter().map(|(name, bytes)| (name.as_str(), std::str::from_utf8(bytes).unwrap())).collect();
    let title = "\"a, \"\"b\"\"\"";
    let tracks = format!(
        "content_id,title,genres,seconds\n{id},{title},Jazz;Pop,1.5\n{id},c,Jazz;Pop,1.5\n{id},d,Jazz;Pop,1.5\n"
    );
    let vectors = format!("content_id,v0,v1\n{id},0.1,-0.00000001\n{id},1,2\n");
    assert_eq!(texts, [("tracks.csv", tracks.as_str()), ("vector_mfcc.csv", vectors.as_str())]);
}

#[test]
fn json_names_the_row_of_the_matrix() {
    let files = written("npy");
    assert_eq!(
        files.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(),
        ["tracks.json", "vector_mfcc.npy"]
    );
    let tracks: Value = serde_json::from_slice(&files[0].1).unwrap();
    let rows: Vec<_> = (0..3).map(|row| tracks[row]["vector_mfcc"].clone()).collect();
    assert_eq!(rows, [json!(0), Value::Null, json!(1)]);
    assert_eq!(tracks[0]["files"], json!([{ "name": "/m" }]));
    let matrix = &files[1].1;
    assert_eq!((matrix.len(), &matrix[..10]), (NPY_HEAD + 16, &b"\x93NUMPY\x01\x00\x76\x00"[..]));
    assert!(String::from_utf8_lossy(&matrix[10..NPY_HEAD]).contains("'shape': (2, 2), }  "));
    assert_eq!(matrix[NPY_HEAD - 1], b'\n');
    assert_eq!(matrix[NPY_HEAD..NPY_HEAD + 4], 0.1_f32.to_le_bytes());
}
