//! What is exported is read as it is by pyarrow, pandas, NumPy and DuckDB, and to the bit.
//!
//! The test is ignored by name, because it needs those; `.ci/run` installs them and names the interpreter.

use std::fs;

use serde_json::Value;

use crate::support::environment::TestEnv;

/// Reads each format, and prints what it has found as one JSON object.
const SCRIPT: &str = r#"
import json, sys
import duckdb, numpy, pandas, pyarrow, pyarrow.parquet
tracks = pyarrow.parquet.read_table("parquet/tracks.parquet")
vectors = tracks.column("vector_mfcc").combine_chunks()
assert pyarrow.types.is_fixed_size_list(vectors.type), vectors.type
assert pyarrow.types.is_binary(tracks.schema.field("content_id").type)
matrix = vectors.flatten().to_numpy().reshape(len(vectors), -1)
assert matrix.dtype == numpy.float32
frame = pandas.read_parquet("parquet/tracks.parquet")
assert list(frame["path"]) == tracks.column("path").to_pylist()
assert numpy.array_equal(numpy.stack(frame["vector_mfcc"]), matrix)
saved = numpy.load("npy/vector_mfcc.npy")
rows = pandas.read_json("npy/tracks.json")
assert numpy.array_equal(saved[rows["vector_mfcc"]], matrix)
commas = pandas.read_csv("csv/vector_mfcc.csv").drop(columns="content_id").to_numpy(numpy.float32)
assert numpy.array_equal(commas, matrix)
listed = duckdb.sql("""
    select p.name, count(*), min(len(t.vector_mfcc))
    from 'parquet/playlists.parquet' p join 'parquet/tracks.parquet' t using (content_id)
    group by all order by all""").fetchall()
first = duckdb.sql("select vector_mfcc from 'parquet/tracks.parquet' order by path limit 1").fetchall()[0][0]
assert numpy.array_equal(numpy.array(first, numpy.float32), matrix[0])
assert duckdb.sql("select count(*) from 'csv/tracks.csv'").fetchall() == [(len(vectors),)]
assert duckdb.sql("select count(*) from 'npy/tracks.json'").fetchall() == [(len(vectors),)]
files = duckdb.sql("select unnest(files, recursive := true) from 'parquet/tracks.parquet'").fetchall()
runs = pyarrow.parquet.read_table("parquet/runs.parquet").to_pylist()
print(json.dumps({
    "listed": listed, "files": len(files), "runs": [len(run["playlists"]) for run in runs],
    "bits": {bytes(row["content_id"]).hex(): numpy.float32(row["vector_mfcc"]).view(numpy.uint32).tolist()
             for row in tracks.to_pylist()},
}))
"#;

#[test]
#[ignore = "needs pyarrow, pandas and DuckDB"]
fn other_programs_read_the_files_as_they_are() {
    let env = TestEnv::with_clips();
    env.json("scan music");
    env.json("cluster --n 3");
    for format in ["parquet", "npy", "csv"] {
        env.json(&format!("export -o {format} --format {format}"));
    }
    fs::write(env.path("read.py"), SCRIPT).unwrap();
    let python = std::env::var("INDEXER_TEST_PYTHON").expect("the interpreter that has them");
    let output = env.command(python).arg("read.py").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let songs: u64 = found["listed"].as_array().unwrap().iter().map(|list| list[1].as_u64().unwrap()).sum();
    assert_eq!((found["listed"].as_array().unwrap().len(), songs), (3, 18));
    assert_eq!((&found["files"], &found["runs"]), (&18.into(), &serde_json::json!([3])));
    for (content, vector) in env.view().vectors("mfcc").unwrap() {
        // Here the recipe is a number and a colon, there a byte.
        let (recipe, digest) = content.split_once(':').unwrap();
        let bits: Vec<u32> = vector.into_iter().map(f32::to_bits).collect();
        assert_eq!(
            found["bits"][format!("{:02x}{digest}", recipe.parse::<u8>().unwrap())],
            serde_json::json!(bits)
        );
    }
}
