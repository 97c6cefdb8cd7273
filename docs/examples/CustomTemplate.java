import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bClient;
import dev.repofleet.e2b.E2bOptions;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.TemplateBuild;
import dev.repofleet.e2b.TemplateSpec;
import java.time.Duration;

/** A template of one's own on top of {@code claude}, built and used; the argument is its name. */
class CustomTemplate {
  public static void main(String[] arguments) {
    TemplateSpec template =
        TemplateSpec.fromTemplate(arguments[0], "claude")
            .run("git config --global user.name Reviewer")
            .cpuCount(2)
            .memoryMb(2048)
            .build();
    try (E2bClient e2b = new E2bClient(E2bOptions.fromEnvironment(System.getenv()))) {
      TemplateBuild build =
          e2b.templates()
              .build(template, log -> System.out.println(log.message()), Duration.ofMinutes(20));
      System.out.println("built " + build.names());
      Sandbox sandbox = e2b.create(SandboxSpec.builder().template(arguments[0]).build());
      try {
        System.out.print(
            sandbox.commands().run(Command.of("git", "config", "user.name")).stdout());
      } finally {
        sandbox.kill();
      }
    }
  }
}
