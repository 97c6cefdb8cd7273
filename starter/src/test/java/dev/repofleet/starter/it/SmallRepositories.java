package dev.repofleet.starter.it;

import dev.repofleet.starter.testing.GitRepository;
import java.nio.file.Path;

/** Repositories of a few files, each with a flaw that a review finds and a follow-up marks. */
final class SmallRepositories {
  private SmallRepositories() {}

  /** One with a commit; its content differs from that of every other name. */
  static GitRepository commit(Path folder, String name) {
    GitRepository repository = GitRepository.init(folder.resolve(name));
    repository.write(
        "src/" + name + ".py",
        "import os\n\n\ndef archive_of_" + name + "(target):\n    os.system(\"tar \" + target)\n");
    repository.write("README.md", "The archive tool of " + name + ", for tests only.\n");
    repository.commit("The first version of " + name);
    return repository;
  }
}
