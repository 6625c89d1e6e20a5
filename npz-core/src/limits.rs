//! Bounds on what a file may ask of the reader.

/// Bounds on what a file may make the reader allocate or walk through.
///
/// Every number in a file is hostile until it has been compared with one of these or with the
/// bytes that are really there. The defaults accept everything that NumPy writes and stop files
/// that are made to exhaust memory or time; each one's reason stands with its setter.
///
/// ```
/// use npz_core::{Limits, LoadOptions};
///
/// let options = LoadOptions::new().limits(Limits::default().entry_bytes(64 << 20));
/// # let _ = options;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    pub(crate) header_bytes: usize,
    pub(crate) literal_depth: usize,
    pub(crate) digits: usize,
    pub(crate) fields: usize,
    pub(crate) dimensions: usize,
    pub(crate) entries: usize,
    pub(crate) directory_bytes: u64,
    pub(crate) entry_bytes: u64,
    pub(crate) total_bytes: u64,
    pub(crate) inflate_ratio: u64,
    pub(crate) tree_depth: usize,
    pub(crate) metadata_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_bytes: 1 << 20,
            literal_depth: 32,
            digits: 20,
            fields: 10_000,
            dimensions: 64,
            entries: 1 << 20,
            directory_bytes: 256 << 20,
            entry_bytes: u64::MAX,
            total_bytes: u64::MAX,
            inflate_ratio: 1032,
            tree_depth: 128,
            metadata_bytes: 4 << 20,
        }
    }
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident: $type:ty;)*) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $name: $type) -> Self {
            self.$name = $name;
            self
        }
    )*};
}

impl Limits {
    setters! {
        /// Longest `.npy` header, in bytes; 1 MiB. NumPy's reader stops at 10,000 characters
        /// because it hands the text to Python's compiler, but its own writer goes beyond that
        /// from about 400 fields on. The parser here is linear, so it can read those too.
        header_bytes: usize;
        /// Deepest nesting of brackets in a header; 32. A record of records of subarrays needs
        /// three levels each; NumPy itself gives up near 100.
        literal_depth: usize;
        /// Most digits in a header's number; 20, enough for every 64-bit number.
        digits: usize;
        /// Most fields of a structured dtype, nested ones counted; 10,000. NumPy has no bound, but
        /// its reader takes headers of some 400 fields only. It bounds the header's other values
        /// too, at eight per field and some thousands more, since each takes two bytes of text and
        /// fifty of memory.
        fields: usize;
        /// Most dimensions; 64, as in NumPy 2.
        dimensions: usize;
        /// Most entries in an archive; 2^20. Checked before the directory is read, and against
        /// the directory's size, since an entry takes at least 46 bytes there. (Leniently, once it is read.)
        entries: usize;
        /// Largest directory of an archive, in bytes; 256 MiB, which is as many entries as
        /// [`entries`](Self::entries) allows with names of 200 bytes. It is read as a whole. (Read leniently, it is bound by the file alone.)
        directory_bytes: u64;
        /// Largest uncompressed size of one entry, in bytes; unlimited, since a stored entry can't
        /// be larger than the file that backs it, and a deflated one is bound by the ratio.
        entry_bytes: u64;
        /// Largest uncompressed size of all entries of an archive together, in bytes; unlimited for
        /// the same reason. Set it where archives of strangers are loaded as a whole: a deflated
        /// one may rightly unpack to a thousand times its size. Of a file it is checked when it is
        /// opened, of an [`NpzStream`](crate::NpzStream) as the entries come by.
        total_bytes: u64;
        /// Most uncompressed bytes per compressed byte; 1032, the most that deflate can express.
        /// Files may well reach it (zeros do), so lower it only for files that you know. Arrays
        /// that are loaded again for every alias may make no more of a file either.
        inflate_ratio: u64;
        /// Deepest nesting of structs while loading; 128. A recursive type would otherwise follow
        /// a name like `next.next.next…` as deep as the file says.
        tree_depth: usize;
        /// Largest `__metadata__` entry, in bytes; 4 MiB, since it is parsed as a whole, in up to
        /// some twenty times the memory. The names that its aliases stand for may take four times as
        /// many bytes, and be as many as [`entries`](Self::entries) are.
        metadata_bytes: usize;
    }
}
