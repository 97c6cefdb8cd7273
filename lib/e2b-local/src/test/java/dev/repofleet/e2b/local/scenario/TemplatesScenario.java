package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.TemplateCopy;
import dev.repofleet.e2b.TemplateSpec;
import dev.repofleet.e2b.TemplateTag;
import dev.repofleet.e2b.Templates;
import dev.repofleet.e2b.local.Awaiting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

final class TemplatesScenario implements Scenario {
  @Override
  public String name() {
    return "templates";
  }

  @Override
  public void observe(World world, Observations seen) throws Exception {
    Templates templates = world.client().templates();
    List<String> log = new ArrayList<>();
    templates.build(spec(context(world.work())), line -> log.add(line.message()), Awaiting.LONG);
    seen.say("templates.log", log.stream().anyMatch(line -> line.contains("hi from the build")));
    seen.say(
        "templates.exists", templates.exists("sdk-made") + " " + templates.exists("sdk-not-made"));
    Sandbox made =
        world
            .client()
            .create(SandboxSpec.builder().template("sdk-made").timeout(World.LIFE).build());
    seen.say("templates.files", lines(made, "cat built.txt data.txt; echo; pwd; echo $GREETING"));
    seen.say(
        "templates.copied",
        lines(
            made.withUser("root"),
            "cd /srv/app && find . -type f -exec stat -c %U:%a:%n {} + | sort;"
                + " find /srv/texts -type f -printf %f"));
    made.kill();
    templates.tag("sdk-made:default", List.of("v1", "old"));
    templates.untag("sdk-made", List.of("old"));
    seen.say(
        "templates.tags",
        templates.tags("sdk-made").stream()
            .map(TemplateTag::tag)
            .sorted()
            .collect(Collectors.joining(",")));
    try {
      templates.build(
          TemplateSpec.fromTemplate("sdk-broken", "base").run("exit 4").build(),
          line -> {},
          Awaiting.LONG);
    } catch (E2bException e) {
      seen.say("templates.failure", e.getClass().getSimpleName());
    }
  }

  private static Path context(Path work) throws IOException {
    Path context = work.resolve("context");
    Files.createDirectories(context.resolve("app/sub"));
    Files.writeString(context.resolve("app/data.txt"), "copied");
    Files.writeString(context.resolve("app/left.out"), "not wanted");
    Files.writeString(context.resolve("app/sub/run.sh"), "true");
    Files.writeString(context.resolve(".dockerignore"), "# a comment\n**/*.out\n");
    return context;
  }

  private static TemplateSpec spec(Path context) {
    return TemplateSpec.fromTemplate("sdk-made", "base")
        .env(Map.of("GREETING", "hi"))
        .workdir("/home/user/app")
        .copy(TemplateCopy.of(context, "app/data.txt", "/home/user/app/data.txt"))
        .copy(TemplateCopy.of(context, "app", "/srv/app").user("root").mode(0750))
        .copy(TemplateCopy.of(context, "app/*.txt", "/srv/texts/"))
        .run("echo \"$GREETING from the build\" | tee built.txt")
        .start("touch /tmp/ready", "[ -f /tmp/ready ]")
        .build();
  }

  private static String lines(Sandbox sandbox, String script) {
    String shown = sandbox.commands().run(Command.shell(script)).stdout();
    return String.join(",", shown.strip().lines().toList());
  }
}
