//! Every store passes the suite of its port.

mod embedded {
    use std::future::{Ready, ready};
    use std::sync::Arc;

    use postern::store::EmbeddedStore;
    use postern_app::port::Store;
    use tempfile::TempDir;

    fn make_store() -> Ready<(Arc<dyn Store>, TempDir)> {
        let folder = tempfile::tempdir().expect("a folder");
        let store = EmbeddedStore::open(folder.path()).expect("a store");
        ready((Arc::new(store), folder))
    }

    postern_app::store_suite!(make_store);
}
