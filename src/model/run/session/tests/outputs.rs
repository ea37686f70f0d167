//! Inputs and outputs of the shapes that real networks have, on tiny ones whose results are computed by hand.

use super::*;
use crate::model::convert::onnx::DimensionSize::{Any, Fixed};
use crate::model::convert::onnx::{DimensionSize, Graph};
use crate::model::spec::OutputSpec;

/// Samples of a window.
const SAMPLES: usize = 1600;

/// The description of a network that takes samples, with these lines in `[input]` and `[output]`.
fn spec(input: &str, output: &str) -> ModelSpec {
    let text = format!(
        "name = \"tiny\"\nrate = 16000\nwindow = 0.1\nmax_windows = 0\nshortest = 1600\ntrim = false\npooling = \"mean\"\n\
         [front_end]\nkind = \"raw\"\n[input]\n{input}\n[output]\n{output}\n[weights]\nlicence = \"\"\n"
    );
    ModelSpec::parse("tiny", &text).unwrap_or_else(|error| panic!("{error}"))
}

fn wave() -> Vec<f32> {
    (0..SAMPLES).map(|i| (i as f32 * 0.01).sin()).collect()
}

/// `count` columns of weights for the samples of a window.
fn columns(count: usize) -> Vec<f32> {
    noise(SAMPLES * count).into_iter().map(|weight| weight as f32).collect()
}

/// The products of the wave with those columns.
fn products(count: usize) -> Vec<f32> {
    let (wave, columns) = (wave(), columns(count));
    let product =
        |to| (0..SAMPLES).map(|i| f64::from(wave[i]) * f64::from(columns[count * i + to])).sum::<f64>();
    (0..count).map(|to| product(to) as f32).collect()
}

/// Installs a network, and computes the wave with it.
fn predict(graph: Graph, spec: &ModelSpec) -> Result<Prediction, SessionError> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, graph.finish("tiny")).unwrap();
    let model = import_file(&file, spec, "tiny", &folder.path().join("models"), true, None).unwrap();
    open(&model).run(&FrontEnd::new(spec).input(&wave()))
}

/// A network of one axis, samples, that gives 4 frames of 3 values and of 2 logits: the products times a factor each.
fn frames() -> (Graph<'static>, [f32; 4]) {
    let (mut graph, factors) = (Graph::default(), [0.5, -0.25, 0.125, 0.01]);
    graph.input("wave", &[Fixed(SAMPLES)]);
    graph.weight("factors", &[4, 1], &factors).unwrap();
    for (count, name) in [(3, "embeddings"), (2, "scores")] {
        let [weight, product] = ["weight", "product"].map(|part| format!("{name}.{part}"));
        graph.weight(&weight, &[SAMPLES, count], &columns(count)).unwrap();
        graph.node("MatMul", &["wave", &weight], &product, &[]);
        graph.node("Mul", &[&product, "factors"], name, &[]);
        graph.output(name, &[Fixed(4), Fixed(count)]);
    }
    (graph, factors)
}

const FRAMES: &str = "embedding = \"embeddings\"\naxes = [\"frames\", \"dimension\"]\ndimension = 3\nclasses = 2\n\
                      scores = \"scores\"\nscores_axes = [\"frames\", \"classes\"]\n";
const WAVE: &str = "name = \"wave\"\naxes = [\"samples\"]";

#[test]
fn samples_alone_are_an_input_and_outputs_have_their_own_frames() {
    let (graph, factors) = frames();
    let options = "scores_are = \"logits\"\nscores_pooling = \"max\"";
    let prediction = predict(graph, &spec(WAVE, &format!("{FRAMES}{options}"))).unwrap();
    let mean = factors.iter().sum::<f32>() / 4.0;
    let wanted: Vec<_> = products(3).into_iter().map(|product| product * mean).collect();
    assert_close(&prediction.embedding, &wanted, "embedding");
    let sigmoid = |logit: f32| 1.0 / (1.0 + (-logit).exp());
    let greatest = |product: f32| factors.iter().map(|factor| sigmoid(product * factor)).fold(0.0, f32::max);
    assert_close(&prediction.scores, &products(2).into_iter().map(greatest).collect::<Vec<_>>(), "scores");
}

#[test]
fn softmax_makes_one_of_each_frame() {
    let options = "scores_are = \"logits\"\nactivation = \"softmax\"";
    let prediction = predict(frames().0, &spec(WAVE, &format!("{FRAMES}{options}"))).unwrap();
    assert!((prediction.scores.iter().sum::<f32>() - 1.0).abs() < 1e-5, "{prediction:?}");
    let first = |factor: f32| {
        let [a, b] = [0, 1].map(|class| (products(2)[class] * factor).exp());
        a / (a + b)
    };
    let mean = frames().1.map(first).iter().sum::<f32>() / 4.0;
    assert_close(&prediction.scores, &[mean, 1.0 - mean], "scores");
}

#[test]
fn logits_that_are_taken_for_scores_are_refused_with_what_to_set() {
    let error = predict(frames().0, &spec(WAVE, FRAMES)).unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, SessionError::NotScores { .. }), "{text}");
    let end = ", and not from 0 to 1: set `scores_are = \"logits\"` in tiny.toml if that is what they are";
    assert!(text.starts_with("tiny gives scores from ") && text.ends_with(end), "{text}");
}

/// A network with this batch that gives the products, and what is above 0 of them.
fn products_network(batch: DimensionSize<&str>, inner: bool) -> Graph<'static> {
    let mut graph = Graph::default();
    graph.input("x", &[batch, Fixed(SAMPLES)]);
    graph.weight("weight", &[SAMPLES, 4], &columns(4)).unwrap();
    graph.node("MatMul", &["x", "weight"], "products", &[]);
    graph.node("Relu", &["products"], "above", &[]);
    if !inner {
        graph.output("products", &[batch, Fixed(4)]);
    }
    graph.output("above", &[batch, Fixed(4)]);
    graph
}

const BATCH: &str = "name = \"x\"\naxes = [\"batch\", \"samples\"]";

#[test]
fn a_network_that_takes_three_windows_at_once_gets_three() {
    let spec = spec(&format!("{BATCH}\nbatch = 3"), "embedding = \"products\"\ndimension = 4");
    let prediction = predict(products_network(Fixed(3), false), &spec).unwrap();
    assert_close(&prediction.embedding, &products(4), "embedding");
}

#[test]
fn tensors_inside_of_a_network_and_several_at_once_are_the_vector() {
    let spec = spec(BATCH, "embedding = [\"products\", \"above\"]\ndimension = 8");
    let above: Vec<_> = products(4).into_iter().map(|product| product.max(0.0)).collect();
    assert!(above != products(4), "one is below 0");
    for inner in [true, false] {
        let prediction = predict(products_network(Any("batch"), inner), &spec).unwrap();
        assert_close(&prediction.embedding, &[products(4), above.clone()].concat(), "embedding");
    }
    let short = ModelSpec { output: OutputSpec { dimension: 9, ..spec.output.clone() }, ..spec };
    let error = predict(products_network(Any("batch"), true), &short).unwrap_err().to_string();
    assert!(
        error.starts_with("tiny gives 8 numbers as products and above where 9 numbers are needed"),
        "{error}"
    );
}

#[test]
fn a_value_that_is_not_a_number_is_the_models_fault() {
    let mut graph = Graph::default();
    graph.input("x", &[Any("batch"), Fixed(SAMPLES)]);
    graph.weight("weight", &[SAMPLES, 4], &columns(4)).unwrap();
    graph.node("MatMul", &["x", "weight"], "products", &[]);
    graph.node("Sqrt", &["products"], "roots", &[]);
    graph.output("roots", &[Any("batch"), Fixed(4)]);
    let error = predict(graph, &spec(BATCH, "embedding = \"roots\"\ndimension = 4")).unwrap_err().to_string();
    let wanted = "tiny gives values that are not numbers (NaN) as roots: its file or its description, tiny.toml, is wrong";
    assert_eq!(error, wanted);
}

#[test]
fn what_does_not_fit_is_refused_before_it_is_installed() {
    let folder = tempfile::tempdir().unwrap();
    let (file, models) = (folder.path().join("file"), folder.path().join("models"));
    fs::write(&file, products_network(Fixed(3), false).finish("tiny")).unwrap();
    let refused =
        |spec: &ModelSpec| import_file(&file, spec, "tiny", &models, true, None).unwrap_err().to_string();
    let error = refused(&spec(BATCH, "embedding = \"products\"\ndimension = 4"));
    assert!(error.contains("has x float32 (3, 1600) where tiny needs x float32 (batch, 1600)"), "{error}");
    let error = refused(&spec(&format!("{BATCH}\nbatch = 3"), "embedding = \"nothing\"\ndimension = 4"));
    assert!(
        error.contains("has products float32 (3, 4), above float32 (3, 4) where tiny needs nothing"),
        "{error}"
    );
    let mut named = spec(&format!("{BATCH}\nbatch = 3"), FRAMES.replace("embeddings", "products").as_str());
    (named.output.axes, named.output.dimension) = (vec![Axis::Batch, Axis::Dimension], 4);
    (named.output.scores, named.output.classes) = (Some("above".to_owned()), 4);
    named.output.scores_axes = vec![Axis::Batch, Axis::Classes];
    named.output.class_names = Some("names.txt".to_owned());
    fs::create_dir_all(&models).unwrap();
    fs::write(models.join("names.txt"), "jazz\tgenre\nrock\tgenre\npop\tgenre\n").unwrap();
    let error = refused(&named);
    let wanted = "names.txt has 3 names: it needs a line for each of the 4 classes of tiny";
    assert!(error.ends_with(wanted), "{error}");
    let left: Vec<_> = fs::read_dir(&models).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["names.txt"]);
    fs::write(models.join("names.txt"), "jazz\tgenre\nrock\tgenre\npop\tgenre\nrain\tsound\n").unwrap();
    import_file(&file, &named, "tiny", &models, true, None).unwrap().verify().unwrap();
}
