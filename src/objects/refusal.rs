//! Why an address may not be read.

/// Why an address may not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Empty or far too long.
    #[error("an address of {0} bytes is not usable")]
    Length(usize),
    /// Control character, white space or backslash.
    #[error("the address contains a control character, white space or a backslash")]
    ControlCharacter,
    /// A GDAL virtual path.
    #[error("/vsi paths are not read")]
    Vsi,
    /// A scheme other than s3, https, http, file.
    #[error("addresses of scheme {0:?} are not read (s3, https and files are)")]
    Scheme(String),
    /// `user@host`.
    #[error("the address contains a user name or password")]
    UserInfo,
    /// Not an address.
    #[error("the address is malformed")]
    Malformed,
    /// Not a legal bucket name.
    #[error("the bucket name is not legal")]
    BucketName,
    /// `.` or `..` in an S3 key.
    #[error("the key contains a dot segment or a backslash")]
    DotSegment,
    /// The bucket is on nobody's list.
    #[error("bucket {0} is not allowed; allow it if you trust it")]
    Bucket(String),
    /// The host is on nobody's list.
    #[error("host {0} is not allowed; allow it if you trust it")]
    Host(String),
    /// The file lies outside the allowed folders.
    #[error("the file lies outside the folders that may be read")]
    Outside,
    /// The host's address is private, loopback or link-local.
    #[error("the host resolves to an address of the local network")]
    PrivateAddress,
}
