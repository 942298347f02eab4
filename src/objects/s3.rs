//! Ranges of S3 objects, unsigned or signed. The only file that builds an AWS client.

use aws_credential_types::Credentials;
use aws_sdk_s3::config::{
    BehaviorVersion, Region, ResponseChecksumValidation, StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::config::{S3Config, Timeouts};
use super::error::{Cause, SetupError};
use super::reply::{Body, Fault, Progress, Reply, Version};
use super::retry::retry_after;

/// Whether the endpoint is an address with nothing but scheme, host and port.
pub(super) fn check(config: &S3Config) -> Result<(), SetupError> {
    let Some(endpoint) = &config.endpoint else { return Ok(()) };
    let fits = url::Url::parse(endpoint).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https") && url.host().is_some() && url.username().is_empty()
    });
    if fits { Ok(()) } else { Err(SetupError::Endpoint(endpoint.clone())) }
}

/// A client that asks once: retries, waits and deadlines are `objects`' own, because the SDK's end when
/// the headers have arrived.
pub(super) fn client(config: &S3Config, timeouts: &Timeouts) -> aws_sdk_s3::Client {
    let plain = config.endpoint.as_deref().is_some_and(|e| e.starts_with("http://"));
    let mut http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    if plain {
        // A machine without certificates can still read a bucket on loopback.
        let no_roots = TlsContext::builder().with_trust_store(TrustStore::empty()).build();
        if let Ok(no_roots) = no_roots {
            http = http.tls_context(no_roots);
        }
    }
    let mut builder = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .http_client(http.build_https())
        .region(Region::new(config.region.clone()))
        .force_path_style(config.path_style)
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().connect_timeout(timeouts.connect).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
    builder.set_endpoint_url(config.endpoint.clone());
    builder = match &config.credentials {
        None => builder.allow_no_auth(),
        Some(keys) => builder.credentials_provider(Credentials::new(
            &keys.access_key_id,
            &keys.secret_access_key,
            keys.session_token.clone(),
            None,
            "croplens",
        )),
    };
    aws_sdk_s3::Client::from_conf(builder.build())
}

/// Asks once for the bytes that `progress` still lacks.
pub(super) async fn ask(
    client: &aws_sdk_s3::Client,
    bucket: &str,
    key: &str,
    progress: &Progress,
) -> Result<Reply, Fault> {
    let rest = progress.rest();
    let mut request = client.get_object().bucket(bucket).key(key).range(format!(
        "bytes={}-{}",
        rest.start,
        rest.end.saturating_sub(1)
    ));
    if let Some(tag) = progress.version.as_ref().and_then(Version::if_match) {
        request = request.if_match(tag);
    }
    let output = request.send().await.map_err(fault)?;
    let modified = output.last_modified().map(|t| t.as_nanos().to_string());
    let length = output.content_length().and_then(|n| u64::try_from(n).ok());
    // The SDK does not tell 206 from 200. A reply as long as the range, but not from the start of the
    // object, is a partial one that fails to say so.
    let partial =
        output.content_range().is_some() || (rest.start > 0 && length == Some(rest.end - rest.start));
    Ok(Reply {
        status: if partial { 206 } else { 200 },
        content_range: output.content_range().map(str::to_owned),
        content_length: length,
        content_encoding: output.content_encoding().map(str::to_owned),
        version: Version::of_reply(output.e_tag(), modified.as_deref()),
        body: Body::S3(output.body),
    })
}

fn fault(error: SdkError<GetObjectError, HttpResponse>) -> Fault {
    let SdkError::ServiceError(service) = &error else {
        return match error {
            SdkError::ConstructionFailure(_) => Cause::Client(Box::new(error)).into(),
            _ => Cause::Broken(Box::new(error)).into(),
        };
    };
    let reply = service.raw();
    let status = reply.status().as_u16();
    let code = service.err().code().map(|c| c.chars().take(60).collect::<String>());
    let cause = match (status, code.as_deref()) {
        (404 | 410, _) | (_, Some("NoSuchKey" | "NoSuchBucket")) => Cause::Missing,
        (401 | 403, Some("RequestTimeTooSkewed")) => Cause::Status { status, code },
        (401 | 403, _) => Cause::Denied { status },
        (300..=399, _) => Cause::Redirected { status },
        (412, _) => Cause::Changed,
        (416, _) => Cause::BeyondEnd { object_len: None },
        _ => Cause::Status { status, code },
    };
    let header = |name: &str| reply.headers().get(name);
    Fault { cause, retry_after: retry_after(header("retry-after"), header("date")) }
}
