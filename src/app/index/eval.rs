//! What methods and numbers of playlists are worth: the request that settings and names make.

use super::{Error, Index};
use crate::app::cluster::combination::{MethodChoice, MethodPart};
use crate::app::eval::report::EvalReport;
use crate::app::eval::{eval, request::EvalRequest};
use crate::machine::start_thread_pool;
use crate::{app::progress::Progress, extract::Method};

impl Index {
    /// A request to measure these methods, as `--method` names them; none, or `all`: everything that is installed and filled, and
    /// what `best` would take. Songs are grouped as the settings of `[cluster]` say, by as many playlists as `cluster`
    /// would try.
    /// Errors: an unknown method, settings that cannot be used.
    pub fn eval_request(&self, methods: &[String]) -> Result<EvalRequest, Error> {
        let given = methods.iter().filter(|name| *name != "all").map(|name| self.method_choice(name.trim()));
        let mut choices = given.collect::<Result<Vec<_>, _>>()?;
        let filled_only = choices.is_empty();
        if filled_only {
            let (methods, _) = self.all_methods();
            choices = methods.iter().map(alone).collect();
            choices.push(self.method_choice("best")?);
        }
        let grouping = self.cluster_request()?;
        Ok(EvalRequest { methods: choices, filled_only, n: None, labels: None, grouping })
    }

    /// Measures methods on the songs that all of them have. Nothing is decoded, and nothing is written.
    /// Errors: nothing to measure, an impossible number of playlists, labels that cannot be used.
    pub fn eval(&self, request: &EvalRequest, progress: &dyn Progress) -> Result<EvalReport, Error> {
        start_thread_pool();
        Ok(eval(request, &self.store(), progress)?)
    }
}

fn alone(method: &Method) -> MethodChoice {
    let name = method.name().to_owned();
    MethodChoice::Named(vec![MethodPart { name, weight: 1.0, current: Ok(method.space()) }])
}
