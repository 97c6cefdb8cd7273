package dev.repofleet.artifacts;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/**
 * {@code s3://bucket/prefix}. Credentials, region and endpoint come as for every program that uses
 * AWS: from {@code AWS_ACCESS_KEY_ID} and its like, a profile, or the machine's role. {@code
 * REPOFLEET_S3_ACCESS_KEY_ID} and {@code REPOFLEET_S3_SECRET_ACCESS_KEY} come first: keys for the
 * store alone, where those of {@code AWS_*} are for a model.
 *
 * @param bucket that is there
 * @param prefix of all keys; empty for the whole bucket
 */
record S3Location(String bucket, String prefix) {
  /** Buckets as the service names them; what stands behind is a path as all in a store. */
  private static final Pattern FORM =
      Pattern.compile("s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*?))?/?");

  /** An endpoint of one's own is no region of AWS, but requests are signed with the name of one. */
  private static final Region ANY = Region.US_EAST_1;

  private static final String ACCESS_KEY = "REPOFLEET_S3_ACCESS_KEY_ID";
  private static final String SECRET_KEY = "REPOFLEET_S3_SECRET_ACCESS_KEY";

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofMinutes(1);

  /** With the strategy's growing pauses about half a minute in all. */
  private static final int ATTEMPTS = 8;

  /**
   * Reads what {@code REPOFLEET_ARTIFACTS} says.
   *
   * @throws IllegalArgumentException when it is not of the form
   */
  static S3Location parse(String location) {
    Matcher form = FORM.matcher(location);
    String prefix = form.matches() && form.group(2) != null ? form.group(2) : "";
    if (!form.matches() || !(prefix.isEmpty() || ArtifactUri.isPath(prefix))) {
      throw new IllegalArgumentException(
          "not a place in S3: "
              + location
              + "; REPOFLEET_ARTIFACTS takes s3://BUCKET or s3://BUCKET/PREFIX, whose parts are of"
              + " letters, digits, '.', '-' and '_'");
    }
    return new S3Location(form.group(1), prefix);
  }

  /**
   * Opens the store there.
   *
   * @throws ArtifactException also when region or credentials are nowhere to be found
   */
  ArtifactStore open(Map<String, String> environment) {
    try {
      return S3ArtifactStore.open(client(environment), bucket, prefix);
    } catch (SdkException e) {
      throw new ArtifactException(
          "cannot open the artifact store s3://" + bucket + ": " + e.getMessage(), e);
    }
  }

  private static S3Client client(Map<String, String> environment) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(SILENCE))
            .overrideConfiguration(
                override ->
                    override.retryStrategy(
                        StandardRetryStrategy.builder().maxAttempts(ATTEMPTS).build()));
    boolean own =
        environment.containsKey("AWS_ENDPOINT_URL_S3")
            || environment.containsKey("AWS_ENDPOINT_URL");
    if (own) {
      builder.forcePathStyle(true);
      if (!environment.containsKey("AWS_REGION")) {
        builder.region(ANY);
      }
    }
    String key = environment.getOrDefault(ACCESS_KEY, "");
    String secret = environment.getOrDefault(SECRET_KEY, "");
    if (key.isBlank() != secret.isBlank()) {
      throw new IllegalArgumentException("set both of " + ACCESS_KEY + " and " + SECRET_KEY);
    }
    if (!key.isBlank()) {
      builder.credentialsProvider(
          StaticCredentialsProvider.create(
              AwsBasicCredentials.create(key.strip(), secret.strip())));
    }
    return builder.build();
  }
}
