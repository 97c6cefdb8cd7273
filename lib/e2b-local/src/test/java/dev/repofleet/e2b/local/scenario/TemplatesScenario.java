package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.Command;
import dev.repofleet.e2b.E2bException;
import dev.repofleet.e2b.Sandbox;
import dev.repofleet.e2b.SandboxSpec;
import dev.repofleet.e2b.TemplateCopy;
import dev.repofleet.e2b.TemplateSpec;
import dev.repofleet.e2b.Templates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

final class TemplatesScenario implements Scenario {
  @Override
  public String name() {
    return "templates";
  }

  @Override
  public void observe(World world, Observations seen) throws Exception {
    Path context = world.work().resolve("context");
    Files.createDirectories(context.resolve("app"));
    Files.writeString(context.resolve("app/data.txt"), "copied");
    TemplateSpec spec =
        TemplateSpec.fromTemplate("sdk-made", "base")
            .env(Map.of("GREETING", "hi"))
            .workdir("/home/user/app")
            .copy(TemplateCopy.of(context, "app/data.txt", "/home/user/app/data.txt"))
            .run("echo \"$GREETING from the build\" | tee built.txt")
            .start("touch /tmp/ready", "[ -f /tmp/ready ]")
            .build();
    Templates templates = world.client().templates();
    List<String> log = new ArrayList<>();
    templates.build(spec, line -> log.add(line.message()), World.MINUTE);
    seen.say("templates.log", log.stream().anyMatch(line -> line.contains("hi from the build")));
    seen.say(
        "templates.exists", templates.exists("sdk-made") + " " + templates.exists("sdk-not-made"));
    Sandbox made =
        world
            .client()
            .create(SandboxSpec.builder().template("sdk-made").timeout(World.MINUTE).build());
    String shown =
        made.commands()
            .run(Command.shell("cat built.txt data.txt; echo; pwd; echo $GREETING"))
            .stdout();
    seen.say("templates.files", String.join(",", shown.strip().lines().toList()));
    made.kill();
    try {
      templates.build(
          TemplateSpec.fromTemplate("sdk-broken", "base").run("exit 4").build(),
          line -> {},
          World.MINUTE);
    } catch (E2bException e) {
      seen.say("templates.failure", e.getClass().getSimpleName());
    }
  }
}
