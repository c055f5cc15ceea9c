//! Keeps credentials for as long as they are valid: each new ones cost a call of STS, or a run of a program.

use super::error::ApiError;
use aws_credential_types::Credentials;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use std::time::{Duration, SystemTime};
use tokio::sync::Mutex;

/// So long before they expire, others are asked for. Until then those that there are will do.
const EARLY: Duration = Duration::from_secs(300);
/// For how long those are kept that do not say when they expire, as the SDKs do it.
const WITHOUT_EXPIRY: Duration = Duration::from_secs(15 * 60);
/// After others could not be had, while those that there are are still valid.
const PAUSE: Duration = Duration::from_secs(30);

/// Credentials, and where others come from. One is asked at a time.
#[derive(Debug)]
pub(super) struct Kept(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    provider: Option<SharedCredentialsProvider>,
    last: Option<Last>,
}

#[derive(Clone, Debug)]
struct Last {
    credentials: Credentials,
    /// From when on others are asked for.
    renewal: SystemTime,
}

impl Kept {
    pub(super) fn from(provider: Option<SharedCredentialsProvider>) -> Self {
        let last = None;
        Self(Mutex::new(State { provider, last }))
    }

    /// Credentials that are valid now.
    pub(super) async fn at(&self, now: SystemTime) -> Result<Credentials, ApiError> {
        let mut state = self.0.lock().await;
        if let Some(last) = state.last.as_ref().filter(|last| now < last.renewal) {
            return Ok(last.credentials.clone());
        }
        let error = match state.fresh(now).await {
            Ok(fresh) => return Ok(state.last.insert(fresh).credentials.clone()),
            Err(error) => error,
        };
        match state.last.as_mut() {
            None => Err(error),
            Some(last) if last.is_valid(now) => {
                let pause = now + PAUSE;
                let expiry = last.credentials.expiry();
                last.renewal = expiry.map_or(pause, |expiry| expiry.min(pause));
                Ok(last.credentials.clone())
            }
            Some(_) => Err(error.of_renewal()),
        }
    }

    /// Others than these, which AWS says have expired, from where they come now; none if there are no others.
    pub(super) async fn after(
        &self,
        expired: &Credentials,
        provider: Option<SharedCredentialsProvider>,
        now: SystemTime,
    ) -> Option<Credentials> {
        let mut state = self.0.lock().await;
        state.provider = provider;
        let fresh = state.fresh(now).await.ok()?;
        let fresh = state.last.insert(fresh).credentials.clone();
        let is_other = fresh.access_key_id() != expired.access_key_id()
            || fresh.session_token() != expired.session_token();
        is_other.then_some(fresh)
    }
}

impl State {
    async fn fresh(&self, now: SystemTime) -> Result<Last, ApiError> {
        let provider = self.provider.as_ref();
        let provider =
            provider.ok_or_else(|| ApiError::NoCredentials("none is configured".into()))?;
        let credentials = provider.provide_credentials().await;
        let credentials = credentials.map_err(|error| ApiError::NoCredentials(error.into()))?;
        let renewal = credentials.expiry().map_or(now + WITHOUT_EXPIRY, |expiry| {
            // Some are given out again until they expire, or are never valid for so long.
            (expiry - EARLY).max(expiry.min(now + PAUSE))
        });
        Ok(Last {
            credentials,
            renewal,
        })
    }
}

impl Last {
    fn is_valid(&self, now: SystemTime) -> bool {
        self.credentials.expiry().is_none_or(|expiry| now < expiry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_credential_types::provider::error::CredentialsError;
    use aws_credential_types::provider::future;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

    const HOUR: Duration = Duration::from_secs(3600);

    /// Gives credentials that are valid for an hour from `START` on, then for two, and so on.
    #[derive(Clone, Debug, Default)]
    struct Sts {
        asked: Arc<AtomicUsize>,
        is_down: Arc<AtomicBool>,
        has_no_expiry: bool,
    }

    const START: SystemTime = SystemTime::UNIX_EPOCH;

    impl ProvideCredentials for Sts {
        fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let count = self.asked.fetch_add(1, Ordering::Relaxed) + 1;
            if self.is_down.load(Ordering::Relaxed) {
                let error = CredentialsError::provider_error("503 of STS");
                return future::ProvideCredentials::ready(Err(error));
            }
            let expiry = START + HOUR * u32::try_from(count).unwrap();
            let expiry = (!self.has_no_expiry).then_some(expiry);
            let key = format!("key {count}");
            let credentials = Credentials::new(key, "secret", None, expiry, "a test");
            future::ProvideCredentials::ready(Ok(credentials))
        }
    }

    fn kept(sts: &Sts) -> Kept {
        Kept::from(Some(SharedCredentialsProvider::new(sts.clone())))
    }

    async fn key(kept: &Kept, seconds: u64) -> String {
        let credentials = kept.at(START + Duration::from_secs(seconds)).await;
        credentials.unwrap().access_key_id().to_owned()
    }

    #[tokio::test]
    async fn they_are_asked_for_once_until_shortly_before_they_expire() {
        let sts = Sts::default();
        let kept = kept(&sts);
        for seconds in [0, 1, 3000, 3299] {
            assert_eq!(key(&kept, seconds).await, "key 1", "{seconds}");
        }
        assert_eq!(key(&kept, 3300).await, "key 2");
        assert_eq!(sts.asked.load(Ordering::Relaxed), 2);
    }

    #[tokio::test]
    async fn those_that_do_not_expire_are_read_again_now_and_then() {
        let sts = Sts {
            has_no_expiry: true,
            ..Sts::default()
        };
        let kept = kept(&sts);
        assert_eq!(key(&kept, 0).await, "key 1");
        assert_eq!(key(&kept, 899).await, "key 1");
        assert_eq!(key(&kept, 900).await, "key 2", "a program may give others");
    }

    #[tokio::test]
    async fn where_no_others_can_be_had_those_that_are_valid_do() {
        let sts = Sts::default();
        let kept = kept(&sts);
        key(&kept, 0).await;
        sts.is_down.store(true, Ordering::Relaxed);
        for seconds in [3300, 3301, 3329] {
            assert_eq!(key(&kept, seconds).await, "key 1", "{seconds}");
        }
        assert_eq!(sts.asked.load(Ordering::Relaxed), 2, "not for each call");
        assert_eq!(key(&kept, 3599).await, "key 1");
        let expired = kept.at(START + HOUR).await.unwrap_err();
        assert!(!expired.is_lockout(), "the next look may get some");
        assert!(crate::chain::chain(&expired).contains("503 of STS"));
        sts.is_down.store(false, Ordering::Relaxed);
        assert_eq!(key(&kept, 3601).await, "key 5");
    }

    #[tokio::test]
    async fn to_have_none_from_the_beginning_is_a_lockout() {
        let sts = Sts::default();
        sts.is_down.store(true, Ordering::Relaxed);
        assert!(kept(&sts).at(START).await.unwrap_err().is_lockout());
    }

    #[tokio::test]
    async fn of_expired_ones_only_others_are_of_use() {
        let sts = Sts::default();
        let kept = kept(&sts);
        let first = kept.at(START).await.unwrap();
        let provider = Some(SharedCredentialsProvider::new(sts));
        let second = kept.after(&first, provider, START).await.unwrap();
        assert_eq!(second.access_key_id(), "key 2");
        assert_eq!(key(&kept, 1).await, "key 2");
    }
}
