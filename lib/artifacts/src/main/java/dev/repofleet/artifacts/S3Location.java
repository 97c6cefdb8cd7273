package dev.repofleet.artifacts;

import java.time.Duration;
import java.util.List;
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

  private static final List<String> ENDPOINTS = List.of("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL");

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
   * @throws IllegalArgumentException when an endpoint is empty, or one of two keys is missing
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
    if (hasEndpoint(environment)) {
      builder.forcePathStyle(true);
      if (environment.getOrDefault("AWS_REGION", "").isBlank()) {
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

  /** Whether it is not Amazon's own. AWS's library takes an empty value for an address. */
  private static boolean hasEndpoint(Map<String, String> environment) {
    boolean own = false;
    for (String name : ENDPOINTS) {
      String value = environment.get(name);
      if (value != null && value.isBlank()) {
        throw new IllegalArgumentException(
            name + " is set and empty: give the endpoint of the artifact store, or unset it");
      }
      own |= value != null;
    }
    return own;
  }
}
