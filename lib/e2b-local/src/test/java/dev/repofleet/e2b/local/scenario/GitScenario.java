package dev.repofleet.e2b.local.scenario;

import dev.repofleet.e2b.Git;
import dev.repofleet.e2b.GitBranch;
import dev.repofleet.e2b.GitClone;
import dev.repofleet.e2b.GitRepository;
import java.util.stream.Collectors;

final class GitScenario implements Scenario {
  @Override
  public String name() {
    return "git";
  }

  @Override
  public void observe(World world, Observations seen) {
    world.run("git init -q --bare -b main /tmp/origin.git");
    Git git = world.sandbox().git();
    GitRepository repository = git.clone(GitClone.of("/tmp/origin.git", "/home/user/repo"));
    git.configureUser("Ann", "ann@example.org");
    repository.createBranch("topic");
    world.sandbox().files().writeText("/home/user/repo/f", "1");
    seen.say("git.untracked", repository.status().files().size());
    repository.addAll();
    repository.commit("a change");
    seen.say(
        "git.branch",
        repository.branches().stream()
            .filter(GitBranch::current)
            .map(GitBranch::name)
            .collect(Collectors.joining(",")));
    repository.push("topic", null);
    seen.say("git.pushed", world.run("git -C /tmp/origin.git log --format=%an:%s topic").strip());
    seen.say("git.clean", repository.status().isClean());
  }
}
