package dev.repofleet.starter.forge;

import dev.repofleet.worker.forge.ForgeRepository;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which of a forge's repositories are reviewed. Immutable.
 *
 * @param archived whether archived ones are
 * @param forks whether forks are
 * @param language of most of the code; absent: any
 * @param topics all of which one must have
 * @param pushedSince absent: whenever
 * @param maxBytes absent: however large; one whose size is not told is taken
 */
record ForgeFilter(
    boolean archived,
    boolean forks,
    @Nullable String language,
    List<String> topics,
    @Nullable Instant pushedSince,
    @Nullable Long maxBytes) {
  ForgeFilter {
    topics = List.copyOf(topics);
  }

  /** Why a repository is left out, in the words for its count. */
  enum Reason {
    ARCHIVED("archived (--include-archived takes them)"),
    FORK("forks (--include-forks takes them)"),
    LANGUAGE("by --language"),
    TOPIC("by --topic"),
    PUSHED("by --pushed-since"),
    SIZE("by --max-size");

    private final String words;

    Reason(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  /** The first reason against it. */
  Optional<Reason> against(ForgeRepository repository) {
    if (repository.archived() && !archived) {
      return Optional.of(Reason.ARCHIVED);
    }
    if (repository.fork() && !forks) {
      return Optional.of(Reason.FORK);
    }
    if (language != null && !language.equalsIgnoreCase(repository.language())) {
      return Optional.of(Reason.LANGUAGE);
    }
    if (!topics.stream()
        .allMatch(topic -> repository.topics().contains(topic.toLowerCase(Locale.ROOT)))) {
      return Optional.of(Reason.TOPIC);
    }
    Instant pushed = repository.pushedAt();
    if (pushedSince != null && (pushed == null || pushed.isBefore(pushedSince))) {
      return Optional.of(Reason.PUSHED);
    }
    long bytes = Objects.requireNonNullElse(repository.sizeBytes(), 0L);
    return maxBytes != null && bytes > maxBytes ? Optional.of(Reason.SIZE) : Optional.empty();
  }

  /** The same, but taking archived ones or forks that were asked for in a query. */
  ForgeFilter with(boolean archivedToo, boolean forksToo) {
    return new ForgeFilter(
        archived || archivedToo, forks || forksToo, language, topics, pushedSince, maxBytes);
  }
}
