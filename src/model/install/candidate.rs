//! An ONNX file that is run by the description of an installed model, without being installed itself.

use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use super::import::{ImportError, container, misfit, network_of, read_signature};
use super::installed::{Installed, weights_digest};
use crate::model::convert::onnx::as_outputs;
use crate::model::spec::{ModelSpec, Weights, check};

/// A model to be compared: an installed one, or a file that could take its place.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub model: Installed,
    /// As it is named to people: what they have typed.
    pub name: String,
    /// The file of the network, with its bytes and those of the weights beside it.
    pub file: PathBuf,
    pub bytes: u64,
    /// A copy that has no name, so that nothing of it stays behind, however the process ends.
    _copy: Option<File>,
}

impl Candidate {
    /// An installed model.
    /// Errors: its files cannot be read.
    pub(crate) fn installed(model: Installed) -> Result<Self, ImportError> {
        let (name, file) = (model.spec.name.clone(), model.onnx.clone());
        let bytes = size(&file).map_err(|source| ImportError::Read { path: file.clone(), source })?;
        Ok(Self { model, name, file, bytes, _copy: None })
    }

    /// The network in `file`, run as `described` says.
    /// Errors: it cannot be read, is no ONNX file, or its inputs and outputs are not those of the description.
    pub(crate) fn of_file(file: &Path, described: &Installed) -> Result<Self, ImportError> {
        let unreadable = |source| ImportError::Read { path: file.to_owned(), source };
        if let Some(network) = network_of(file)? {
            let found = container(Some(network));
            return Err(ImportError::NotRun { file: file.to_owned(), found });
        }
        let signature = read_signature(file)?;
        signature.fit(&described.spec).map_err(|error| misfit(file, &described.spec, error))?;
        let inner = signature.inner(&described.spec);
        let (onnx, copy) = match inner.is_empty() {
            true => (file.to_owned(), None),
            false => {
                let copy = with_outputs(file, &inner).map_err(unreadable)?;
                (PathBuf::from(format!("/proc/self/fd/{}", copy.as_raw_fd())), Some(copy))
            }
        };
        let blake3 = weights_digest(&onnx).map_err(unreadable)?.to_string();
        let weights = Weights { blake3: Some(blake3), ..Weights::default() };
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        // What goes wrong is said of the file, where a model can have its name.
        let name = if check::is_name(&stem) { stem.into_owned() } else { described.spec.name.clone() };
        let spec = ModelSpec { name, weights, ..described.spec.clone() };
        let (model, bytes) = (Installed { spec, onnx }, size(file).map_err(unreadable)?);
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { model, name, file: file.to_owned(), bytes, _copy: copy })
    }
}

/// A copy of an ONNX file whose outputs are also these tensors inside of its network.
fn with_outputs(file: &Path, inner: &[String]) -> io::Result<File> {
    let mut copy = tempfile::tempfile()?;
    io::copy(&mut File::open(file)?, &mut copy)?;
    copy.write_all(&as_outputs(inner))?;
    copy.flush()?;
    Ok(copy)
}

/// Bytes of a network, and of the weights in a file beside it if there is one.
fn size(onnx: &Path) -> io::Result<u64> {
    let beside = fs::metadata(onnx.with_extension("onnx.data")).map_or(0, |found| found.len());
    Ok(fs::metadata(onnx)?.len() + beside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::golden::{self, tiny};
    use crate::model::install::import::import_file;

    fn installed(name: &str, folder: &Path) -> Installed {
        let file = folder.join(format!("{name}-source.onnx"));
        fs::write(&file, tiny(name)).unwrap();
        let spec = ModelSpec::built_in(name).unwrap();
        import_file(&file, &spec, name, &folder.join("models"), true, None).unwrap()
    }

    #[test]
    fn a_file_is_run_as_the_model_is_described_and_stays_where_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let model = installed("clap", folder.path());
        let file = folder.path().join("half.onnx");
        fs::write(&file, tiny("clap")).unwrap();
        let found = Candidate::of_file(&file, &model).unwrap();
        assert_eq!((found.name.as_str(), found.bytes), ("half.onnx", tiny("clap").len() as u64));
        assert_eq!((&found.model.onnx, found.model.spec.name.as_str()), (&file, "half"));
        let spec = ModelSpec { name: "clap".into(), weights: Weights::default(), ..found.model.spec.clone() };
        assert_eq!(spec, ModelSpec { weights: Weights::default(), ..model.spec.clone() });
        found.model.verify().unwrap();
        // A file whose name no model can have goes by the name of the model.
        let other = folder.path().join("My Export.onnx");
        fs::rename(&file, &other).unwrap();
        assert_eq!(Candidate::of_file(&other, &model).unwrap().model.spec.name, "clap");
    }

    #[test]
    fn a_tensor_inside_of_the_network_is_an_output_of_a_copy_without_a_name() {
        let folder = tempfile::tempdir().unwrap();
        let mut model = installed("clap", folder.path());
        let signature = read_signature(&model.onnx).unwrap();
        let is_output = |name: &String| signature.outputs.iter().any(|output| output.name == *name);
        let inner = signature.computed.iter().find(|name| !is_output(name));
        let Some(inner) = inner.cloned() else { panic!("{signature:?} computes nothing but its outputs") };
        model.spec.output.embedding = crate::model::spec::TensorNames::One(inner.clone());
        let file = folder.path().join("inner.onnx");
        fs::write(&file, tiny("clap")).unwrap();
        let found = Candidate::of_file(&file, &model).unwrap();
        let signature = read_signature(&found.model.onnx).unwrap();
        assert!(signature.outputs.iter().any(|output| output.name == inner), "{signature:?}");
        found.model.verify().unwrap();
        assert_eq!(fs::read(&file).unwrap(), tiny("clap"));
    }

    #[test]
    fn what_is_no_network_or_another_one_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let model = installed("clap", folder.path());
        let refused = |file: &Path| Candidate::of_file(file, &model).unwrap_err().to_string();
        let file = folder.path().join("file.onnx");
        assert!(refused(&file).starts_with("cannot read "));
        fs::write(&file, golden::other()).unwrap();
        assert!(refused(&file).contains("it belongs to another model"), "{}", refused(&file));
        fs::write(&file, "text").unwrap();
        assert!(refused(&file).contains("neither"), "{}", refused(&file));
        let checkpoint = golden::path("cnn14_mini_zip.pth");
        assert!(refused(&checkpoint).contains("is a PyTorch checkpoint: import it under"));
    }
}
