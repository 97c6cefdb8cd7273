package dev.repofleet.e2b;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@link Git}, run by this machine's Git against hosts that ask for a password. */
class GitIT {
  private static final String PASSWORD = "s3cret/+pass";

  @TempDir private Path home;
  private FakeE2b fake;
  private E2bClient client;
  private Git git;
  private final MockWebServer host = new MockWebServer();
  private final MockWebServer stranger = new MockWebServer();
  private final List<String> commandLines = new CopyOnWriteArrayList<>();
  private final List<String> atStranger = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() throws Exception {
    fake = new FakeE2b();
    fake.envd.otherPrograms = this::onThisMachine;
    client = new E2bClient(fake.options().build());
    git = client.create(SandboxSpec.builder().build()).git();
    host.setDispatcher(new PasswordProtected());
    host.start();
    stranger.setDispatcher(new Curious());
    stranger.start();
    git.configureUser("A B", "a@example.org");
    GitRepository source = git.init(home.resolve("source").toString(), "main");
    Files.writeString(home.resolve("source/a.txt"), "1\n");
    source.addAll();
    source.commit("first");
    shell("git clone -q --bare source served.git && git -C served.git update-server-info");
  }

  @AfterEach
  void close() {
    client.close();
    fake.close();
    host.close();
    stranger.close();
  }

  private void shell(String script) throws Exception {
    Process process = start(List.of("/bin/bash", "-c", script), FakeE2b.JSON.createObjectNode());
    assertThat(process.waitFor()).isZero();
  }

  private Process start(List<String> argv, JsonNode envs) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(argv).directory(home.toFile());
    builder.environment().keySet().retainAll(List.of("PATH"));
    builder.environment().put("HOME", home.toString());
    builder.environment().put("GIT_CONFIG_NOSYSTEM", "1");
    envs.properties().forEach(e -> builder.environment().put(e.getKey(), e.getValue().asText()));
    return builder.start();
  }

  private FakeEnvd.Program onThisMachine(JsonNode start) {
    JsonNode config = start.path("process");
    List<String> argv = new ArrayList<>(List.of(config.path("cmd").asText()));
    config.path("args").forEach(argument -> argv.add(argument.asText()));
    commandLines.add(argv.toString());
    return out -> {
      Process process = start(argv, config.path("envs"));
      process.getOutputStream().close();
      out.start(process.pid())
          .stdout(process.getInputStream().readAllBytes())
          .stderr(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
          .end(process.waitFor())
          .trailer();
    };
  }

  /** Git's plain files over HTTP, for who knows the password. */
  private final class PasswordProtected extends Dispatcher {
    @Override
    public MockResponse dispatch(RecordedRequest request) {
      String login = "u:" + PASSWORD;
      String expected =
          "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
      if (request.getUrl().encodedPath().startsWith("/away")) {
        return new MockResponse.Builder()
            .code(302)
            .setHeader("Location", base(stranger) + request.getTarget())
            .build();
      }
      if (!expected.equals(request.getHeaders().get("Authorization"))) {
        return unauthorized();
      }
      Path file = home.resolve(request.getUrl().encodedPath().substring(1));
      if (!Files.isRegularFile(file)) {
        return new MockResponse.Builder().code(404).build();
      }
      try {
        return new MockResponse.Builder()
            .body(new Buffer().write(Files.readAllBytes(file)))
            .build();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Asks everybody for a password, and remembers it. */
  private final class Curious extends Dispatcher {
    @Override
    public MockResponse dispatch(RecordedRequest request) {
      atStranger.add("" + request.getHeaders().get("Authorization"));
      return unauthorized();
    }
  }

  private static MockResponse unauthorized() {
    return new MockResponse.Builder()
        .code(401)
        .setHeader("WWW-Authenticate", "Basic realm=\"git\"")
        .build();
  }

  private static String base(MockWebServer server) {
    return "http://127.0.0.1:" + server.getPort();
  }

  private GitCredentials credentials(String password) {
    return new GitCredentials(URI.create(base(host)), "u", password);
  }

  private String path(String name) {
    return home.resolve(name).toString();
  }

  @Test
  void aCloneWithCredentialsWorksAndLeavesThemNowhere() throws IOException {
    GitClone clone = GitClone.of(base(host) + "/served.git", path("clone"));
    GitRepository repository = git.clone(clone.credentials(credentials(PASSWORD)));
    assertThat(repository.status().branch()).isEqualTo("main");
    assertThat(repository.status().isClean()).isTrue();
    repository.fetch("main", credentials(PASSWORD));
    assertThat(commandLines.toString()).doesNotContain(PASSWORD);
    assertThat(Files.readString(home.resolve("clone/.git/config"))).contains(base(host));
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .as(file.toString())
            .doesNotContain(PASSWORD);
      }
    }
  }

  @Test
  void wrongAndMissingCredentialsAreToldAndNobodyIsPrompted() {
    GitClone clone = GitClone.of(base(host) + "/served.git", path("clone"));
    for (GitClone tried : List.of(clone, clone.credentials(credentials("wrong-password")))) {
      GitException failure = catchThrowableOfType(GitException.class, () -> git.clone(tried));
      assertThat(failure.reason()).isEqualTo(GitException.Reason.AUTHENTICATION);
      assertThat(failure).hasMessageNotContaining("wrong-password");
    }
    GitClone missing = GitClone.of(base(host) + "/none.git", path("none"));
    assertThat(
            catchThrowableOfType(
                    GitException.class, () -> git.clone(missing.credentials(credentials(PASSWORD))))
                .reason())
        .isEqualTo(GitException.Reason.REPOSITORY_NOT_FOUND);
  }

  @Test
  void aRedirectToAnotherHostGetsNoCredentials() {
    GitClone clone = GitClone.of(base(host) + "/away.git", path("clone"));
    GitException failure =
        catchThrowableOfType(
            GitException.class, () -> git.clone(clone.credentials(credentials(PASSWORD))));
    assertThat(failure.reason()).isEqualTo(GitException.Reason.AUTHENTICATION);
    assertThat(atStranger).isNotEmpty().containsOnly("null");
  }

  @Test
  void branchesCommitsAndPushesDoWhatTheirNamesSay() throws Exception {
    shell("git clone -q --bare source remote.git");
    GitRepository work = git.clone(GitClone.of(path("remote.git"), path("work")));
    work.createBranch("topic");
    Files.writeString(home.resolve("work/ä b.txt"), "2\n");
    Files.delete(home.resolve("work/a.txt"));
    assertThat(work.status().files())
        .containsExactly(
            new GitFileStatus("a.txt", GitChange.UNCHANGED, GitChange.DELETED, null),
            new GitFileStatus("ä b.txt", GitChange.UNCHANGED, GitChange.UNTRACKED, null));
    work.add(List.of("ä b.txt", "a.txt"));
    work.configureUser("C D", "c@example.org");
    String commit = work.commit("second\n\nwith a body");
    assertThat(work.head()).isEqualTo(commit);
    assertThat(catchThrowableOfType(GitException.class, () -> work.commit("none")).reason())
        .isEqualTo(GitException.Reason.NOTHING_TO_COMMIT);
    work.push("topic", null);
    assertThat(work.branches()).contains(new GitBranch("topic", commit, true, "origin/topic"));
    work.checkout("main");
    assertThat(catchThrowableOfType(GitException.class, () -> work.checkout("nope")).reason())
        .isEqualTo(GitException.Reason.NO_SUCH_REFERENCE);
    work.pull("topic", null);
    assertThat(work.head()).isEqualTo(commit);
    work.deleteBranch("topic", true);
    assertThat(work.branches()).extracting(GitBranch::name).containsExactly("main");
    GitRepository other =
        git.clone(GitClone.of("file://" + path("remote.git"), path("shallow")).depth(1));
    assertThat(Optional.ofNullable(other.status().upstream())).contains("origin/main");
  }
}
