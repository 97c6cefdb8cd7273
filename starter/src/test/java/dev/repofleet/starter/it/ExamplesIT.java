package dev.repofleet.starter.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.SandboxQuery;
import dev.repofleet.e2b.TemplateSpec;
import dev.repofleet.e2b.local.LocalSandboxOptions;
import dev.repofleet.e2b.local.LocalSandboxServer;
import dev.repofleet.e2b.local.model.Conversation;
import dev.repofleet.e2b.local.model.RealClaudeCode;
import dev.repofleet.e2b.local.model.Reply;
import dev.repofleet.e2b.local.model.ScriptedModel;
import dev.repofleet.forge.fake.GitHost;
import dev.repofleet.starter.testing.GitRepository;
import dev.repofleet.starter.testing.Waiting;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The programs of {@code docs/examples}, run as people run them: the rows of E2B's page on Claude
 * Code, with the real CLI on a scripted model.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExamplesIT {
  private static final Path EXAMPLES = Path.of("..", "docs", "examples");
  private static final String BROWSERBASE_KEY = "bb_live_0123456789abcdef";
  private static final String EDITED = "# by the agent";

  @TempDir static Path folder = Path.of("");
  private @Nullable ScriptedModel model;
  private @Nullable LocalSandboxServer server;
  private @Nullable GitHost forge;
  private final Map<String, String> account = new HashMap<>();
  private String repository = "";

  @BeforeAll
  void start() throws IOException {
    Prerequisites.requireSandboxes();
    Path claude = Prerequisites.requireClaudeCode();
    model = ScriptedModel.start(ExamplesIT::reply);
    Map<String, String> host = new HashMap<>(System.getenv());
    host.put("REPOFLEET_CLAUDE", claude.toString());
    LocalSandboxOptions.Builder options =
        LocalSandboxOptions.builder(folder.resolve("sandboxes")).hostEnvironment(host);
    RealClaudeCode.environment(model.uri()).forEach(options::environment);
    server = new LocalSandboxServer(options.build());
    server.start();
    account.putAll(server.environment());
    forge = new GitHost(Files.createDirectory(folder.resolve("forge")));
    GitRepository shop = GitRepository.init(folder.resolve("shop"));
    shop.write("app.py", "import os\n").commit("first");
    forge.add(shop.path(), "shop.git");
    repository = forge.url("shop.git");
  }

  @AfterAll
  void stop() {
    if (forge != null) {
      forge.close();
    }
    if (server != null) {
      server.close();
    }
    if (model != null) {
      model.close();
    }
  }

  @AfterEach
  void leaves_no_sandbox() {
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(account))) {
      assertThat(e2b.list(SandboxQuery.all())).isEmpty();
    }
  }

  @Test
  void headless() throws Exception {
    assertThat(run("Headless")).isEqualTo("Finished: Create a hello world HTTP server in Go\n");
  }

  @Test
  void cloned_repository() throws Exception {
    assertThat(run("ClonedRepository", repository, "Add error handling to all API endpoints"))
        .startsWith("Finished: Add error handling to all API endpoints\n")
        .contains("diff --git a/app.py b/app.py", " import os\n+" + EDITED);
  }

  @Test
  void structured_output() throws Exception {
    assertThat(run("StructuredOutput"))
        .matches(
            """
            session [0-9a-f-]{36}
            cost 0[.][0-9]+
            Finished: Review this codebase and list all security issues as JSON
            """);
  }

  @Test
  void streaming_output() throws Exception {
    assertThat(run("StreamingOutput"))
        .matches("(\\[assistant] tokens: [0-9]+\n)+\\[done] success in [0-9]+ ms\n");
  }

  @Test
  void resumed_session() throws Exception {
    assertThat(run("ResumedSession", repository))
        .startsWith(
            "Finished: Now implement step 1 of the plan,"
                + " after: Analyze the codebase and create a refactoring plan\n")
        .contains("+" + EDITED);
  }

  @Test
  void project_context() throws Exception {
    assertThat(run("ProjectContext"))
        .isEqualTo("Finished: Add a /healthz endpoint, knowing the project\n");
  }

  @Test
  void custom_template() throws Exception {
    assertThat(run("CustomTemplate", "reviewer"))
        .contains("\nbuilt [reviewer")
        .endsWith("\nReviewer\n");
  }

  @Test
  void mcp_tools() throws Exception {
    buildTemplateWithGateway("claude-with-mcp");
    assertThat(runMcpToolsOnceThePortIsFree("claude-with-mcp"))
        .containsPattern("e2b-mcp-gateway: http://localhost:50005/mcp \\(HTTP\\) - \\S Connected")
        .endsWith(
            "Finished: Use browserbase to research E2B and summarize your findings,"
                + " by browserbase_search knows E2B\n");
  }

  /** The gateway's port is fixed: another process may have it, or take it before the gateway. */
  private String runMcpToolsOnceThePortIsFree(String template) throws Exception {
    Outcome outcome;
    do {
      Waiting.until("nobody else has the gateway's port", Waiting.LONG, () -> isFree(50005));
      outcome = outcome("McpTools", template);
    } while (outcome.errors().contains("Address already in use"));
    assertThat(outcome.exit()).as(outcome.errors()).isZero();
    return outcome.output();
  }

  private static boolean isFree(int port) {
    try (ServerSocket here = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return here.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  /** On E2B its template {@code mcp-gateway} has the program; here a small one takes its place. */
  private void buildTemplateWithGateway(String name) throws IOException {
    String program = "/opt/repofleet/bin/mcp-gateway";
    try (InputStream in = ExamplesIT.class.getResourceAsStream("mcp-gateway");
        E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(account))) {
      String bytes = Base64.getEncoder().encodeToString(Objects.requireNonNull(in).readAllBytes());
      TemplateSpec template =
          TemplateSpec.fromTemplate(name, "claude")
              .runAs("root", "echo " + bytes + " | base64 -d > " + program)
              .runAs("root", "chmod 755 " + program)
              .build();
      e2b.templates().build(template, line -> {}, Waiting.LONG);
    }
  }

  @Test
  void terminal() throws Exception {
    assertThat(run("Terminal"))
        .contains("Finished: Explain this folder\r\n")
        .endsWith("[exit code 0]\n");
  }

  /** A gateway that does not start leaves no sandbox, and its settings stay out of the message. */
  @Test
  void mcp_tools_without_a_gateway() throws Exception {
    assertThat(failure("McpTools", "claude"))
        .contains("cannot start the MCP gateway", "mcp-gateway: not found")
        .doesNotContain(BROWSERBASE_KEY);
  }

  private static Reply searchFirst(Conversation conversation) {
    return conversation.tools().keySet().stream()
        .filter(tool -> tool.startsWith("mcp__e2b-mcp-gateway__"))
        .findFirst()
        .map(
            tool ->
                Reply.tool(
                    "Let me look.",
                    tool,
                    JsonNodeFactory.instance.objectNode().put("query", "E2B")))
        .orElseGet(() -> Reply.text("There is no such tool."));
  }

  /** Looks at the project's context and changes a file, then says what it was asked. */
  private static Reply reply(Conversation conversation) {
    boolean search = conversation.prompts().toString().contains("Use browserbase");
    if (search && conversation.steps().isEmpty()) {
      return searchFirst(conversation);
    }
    if (conversation.steps().isEmpty()) {
      return Reply.tool(
          "First the change.",
          "Bash",
          JsonNodeFactory.instance
              .objectNode()
              .put("command", "cat CLAUDE.md; printf '" + EDITED + "\\n' >> app.py")
              .put("description", "Change a file"));
    }
    List<String> asked =
        conversation.prompts().stream().filter(text -> !text.startsWith("<")).toList();
    String text = "Finished: " + asked.get(asked.size() - 1).strip();
    if (asked.size() > 1) {
      text += ", after: " + asked.get(0).strip();
    }
    if (conversation.steps().get(0).result().text().contains("Log with slog")) {
      text += ", knowing the project";
    }
    if (search) {
      text += ", by " + conversation.steps().get(0).result().text();
    }
    return Reply.text(text);
  }

  /** Its standard output; what it says on the other one is part of no example. */
  private String run(String example, String... arguments) throws Exception {
    Outcome outcome = outcome(example, arguments);
    assertThat(outcome.exit()).as(outcome.errors()).isZero();
    return outcome.output();
  }

  /** What one that fails says on standard error. */
  private String failure(String example, String... arguments) throws Exception {
    Outcome outcome = outcome(example, arguments);
    assertThat(outcome.exit()).as(outcome.output()).isNotZero();
    return outcome.errors();
  }

  private record Outcome(int exit, String output, String errors) {}

  private Outcome outcome(String example, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                EXAMPLES.resolve(example + ".java").toString()));
    command.addAll(List.of(arguments));
    Path errors = folder.resolve(example + ".errors");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
    builder.environment().putAll(account);
    builder.environment().put("ANTHROPIC_API_KEY", PlantedSecret.MODEL_KEY.value());
    builder.environment().put("BROWSERBASE_API_KEY", BROWSERBASE_KEY);
    builder.environment().put("BROWSERBASE_PROJECT_ID", "project");
    // What it would open is public here, and speaks http, by which no login travels.
    builder.environment().put("GITHUB_TOKEN", "ghp_of_nobody");
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Outcome(process.waitFor(), output, read(errors));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
