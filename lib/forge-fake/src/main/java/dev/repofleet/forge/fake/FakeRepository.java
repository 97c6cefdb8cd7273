package dev.repofleet.forge.fake;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A repository that a fake forge tells of.
 *
 * @param id never changes, unlike the name
 * @param owner a user, an organisation, or a group with its parents
 * @param language absent when none was recognised
 * @param sizeKb as GitHub counts, in KiB
 */
public record FakeRepository(
    long id,
    String owner,
    String name,
    boolean isPrivate,
    boolean archived,
    boolean fork,
    @Nullable String language,
    List<String> topics,
    Instant pushedAt,
    long sizeKb) {
  public FakeRepository {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(name, "name");
    topics = List.copyOf(topics);
    Objects.requireNonNull(pushedAt, "pushedAt");
  }

  /** A small public one in Java. */
  public static FakeRepository of(long id, String owner, String name) {
    return new FakeRepository(
        id, owner, name, false, false, false, "Java", List.of(), Instant.EPOCH, 100);
  }

  /** As {@code owner/name}. */
  public String fullName() {
    return owner + "/" + name;
  }

  public FakeRepository asPrivate() {
    return new FakeRepository(
        id, owner, name, true, archived, fork, language, topics, pushedAt, sizeKb);
  }

  public FakeRepository asArchived() {
    return new FakeRepository(
        id, owner, name, isPrivate, true, fork, language, topics, pushedAt, sizeKb);
  }

  public FakeRepository asFork() {
    return new FakeRepository(
        id, owner, name, isPrivate, archived, true, language, topics, pushedAt, sizeKb);
  }

  public FakeRepository in(@Nullable String language) {
    return new FakeRepository(
        id, owner, name, isPrivate, archived, fork, language, topics, pushedAt, sizeKb);
  }

  public FakeRepository about(String... topics) {
    return new FakeRepository(
        id, owner, name, isPrivate, archived, fork, language, List.of(topics), pushedAt, sizeKb);
  }

  public FakeRepository pushed(Instant at) {
    return new FakeRepository(
        id, owner, name, isPrivate, archived, fork, language, topics, at, sizeKb);
  }

  public FakeRepository sized(long kb) {
    return new FakeRepository(
        id, owner, name, isPrivate, archived, fork, language, topics, pushedAt, kb);
  }

  public FakeRepository renamed(String newName) {
    return new FakeRepository(
        id, owner, newName, isPrivate, archived, fork, language, topics, pushedAt, sizeKb);
  }
}
