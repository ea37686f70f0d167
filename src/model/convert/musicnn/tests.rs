use std::io::Cursor;

use super::*;
use crate::model::convert::seeded_bundle::{SeededTensor, bundle, musicnn, table};
use crate::model::convert::signature::Signature;
use crate::model::spec::ModelSpec;

fn open(tensors: &[SeededTensor]) -> TensorBundle {
    let (entries, data) = bundle(tensors);
    TensorBundle::open(&table(&entries, &mut |_| {}), data).unwrap()
}

#[test]
fn the_graph_fits_its_description_and_holds_no_weight_of_the_training() {
    let bundle = open(&musicnn());
    check(&bundle).unwrap();
    let mut graph = Graph::default();
    write(&bundle, &mut graph).unwrap();
    let bytes = graph.finish("musicnn");
    // 792 079 weights without those of the training, some of which become one in a batch norm.
    assert!((3_100_000..3_300_000).contains(&bytes.len()), "{}", bytes.len());
    let signature = Signature::read(Cursor::new(&bytes)).unwrap();
    signature.fit(&ModelSpec::built_in("musicnn").unwrap()).unwrap();
    assert_eq!(
        signature.to_string(),
        "takes logmel float32 (batch, 1, frames, 96) and gives embedding float32 (batch, 200), \
         pooled float32 (batch, 1506), scores float32 (batch, 50)"
    );
}

#[test]
fn other_tensors_are_of_another_version() {
    let change = |change: &dyn Fn(&mut Vec<SeededTensor>)| {
        let mut tensors = musicnn();
        change(&mut tensors);
        check(&open(&tensors)).unwrap_err().to_string()
    };
    let dense =
        |tensors: &[SeededTensor]| tensors.iter().position(|(name, ..)| name == "dense/kernel").unwrap();
    let lacks = change(&|tensors| drop(tensors.remove(dense(tensors))));
    assert!(lacks.contains("lacks `dense/kernel`"), "{lacks}");
    let shape = change(&|tensors| {
        let at = dense(tensors);
        tensors[at].1 = vec![200, 1506];
    });
    assert!(shape.contains("`dense/kernel` of the checkpoint is type 1 [200, 1506]"), "{shape}");
    let more = change(&|tensors| tensors.push(("dense_2/bias".to_owned(), vec![1], vec![0.0])));
    assert!(more.contains("has `dense_2/bias`, which musicnn does not have"), "{more}");
}
