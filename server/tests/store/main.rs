//! Every store passes the suite of its port, and keeps what only it can promise.

mod embedded;
