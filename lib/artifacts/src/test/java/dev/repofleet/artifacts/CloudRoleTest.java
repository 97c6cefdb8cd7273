package dev.repofleet.artifacts;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.WebIdentityTokenFileCredentialsProvider;

/** The role that Kubernetes gives to a service account, as one link of AWS's chain takes it up. */
class CloudRoleTest {
  private static final String ENDPOINT = "aws.endpointUrlSts";
  private static final String REGION = "aws.region";
  private static final String ANSWER =
      """
      <AssumeRoleWithWebIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
        <AssumeRoleWithWebIdentityResult><Credentials>
          <AccessKeyId>AKIDROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
          <SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration>
        </Credentials></AssumeRoleWithWebIdentityResult>
      </AssumeRoleWithWebIdentityResponse>
      """;

  @Test
  void aServiceAccountsTokenBecomesKeys(@TempDir Path folder) throws IOException {
    Path token = Files.writeString(folder.resolve("token"), "of-the-service-account");
    List<String> asked = new CopyOnWriteArrayList<>();
    HttpServer sts =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    sts.createContext(
        "/",
        request -> {
          asked.add(
              URLDecoder.decode(
                  new String(request.getRequestBody().readAllBytes(), StandardCharsets.UTF_8),
                  StandardCharsets.UTF_8));
          byte[] answer = ANSWER.getBytes(StandardCharsets.UTF_8);
          request.getResponseHeaders().set("Content-Type", "text/xml");
          request.sendResponseHeaders(200, answer.length);
          request.getResponseBody().write(answer);
          request.close();
        });
    sts.start();
    System.setProperty(REGION, "eu-central-1");
    System.setProperty(ENDPOINT, "http://127.0.0.1:" + sts.getAddress().getPort());
    try (WebIdentityTokenFileCredentialsProvider role =
        WebIdentityTokenFileCredentialsProvider.builder()
            .roleArn("arn:aws:iam::123456789012:role/fleet")
            .roleSessionName("worker")
            .webIdentityTokenFile(token)
            .build()) {
      AwsCredentials credentials = role.resolveCredentials();
      assertThat(credentials.accessKeyId()).isEqualTo("AKIDROLE");
    } finally {
      System.clearProperty(ENDPOINT);
      System.clearProperty(REGION);
      sts.stop(0);
    }
    assertThat(asked)
        .singleElement()
        .asString()
        .contains("Action=AssumeRoleWithWebIdentity", "WebIdentityToken=of-the-service-account");
  }
}
