package dev.repofleet.forge.fake;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import mockwebserver3.MockResponse;
import mockwebserver3.RecordedRequest;

/** GitHub's lists of repositories: by pages with {@code Link}, with a count, or by a search. */
final class RepositoryPages {
  private static final int SEARCH_LIMIT = 1000;
  private static final Pattern QUALIFIER = Pattern.compile("(org|user|language|topic):(\\S+)");

  private final Function<FakeRepository, Map<String, Object>> described;
  private int searchTotal = -1;

  /** Of repositories that are described so. */
  RepositoryPages(Function<FakeRepository, Map<String, Object>> described) {
    this.described = described;
  }

  /** What searches say they found, when that is more than there is. */
  void searchTotal(int total) {
    searchTotal = total;
  }

  /** The page that is asked for, from 1. */
  static int page(RecordedRequest request) {
    return number(request, "page", 1);
  }

  private static int number(RecordedRequest request, String name, int usual) {
    String value = request.getUrl().queryParameter(name);
    return value == null ? usual : Integer.parseInt(value);
  }

  MockResponse plain(RecordedRequest request, List<FakeRepository> all) {
    return sent(request, all, rows -> rows);
  }

  MockResponse counted(RecordedRequest request, List<FakeRepository> all, String field, int total) {
    return sent(
        request,
        all,
        rows -> Map.of("total_count", total, "incomplete_results", false, field, rows));
  }

  /** By name, as GitHub's lists are with {@code sort=full_name}. */
  private MockResponse sent(
      RecordedRequest request,
      List<FakeRepository> all,
      Function<List<Map<String, Object>>, Object> body) {
    int size = Math.min(number(request, "per_page", 30), 100);
    int page = page(request);
    int from = Math.min((page - 1) * size, all.size());
    int to = Math.min(from + size, all.size());
    List<Map<String, Object>> rows =
        all.stream()
            .sorted(Comparator.comparing(FakeRepository::fullName))
            .skip(from)
            .limit(to - from)
            .map(described)
            .toList();
    MockResponse.Builder response = Answers.json(200, body.apply(rows)).newBuilder();
    if (to < all.size()) {
      String next =
          request
              .getUrl()
              .newBuilder()
              .setQueryParameter("page", "" + (page + 1))
              .build()
              .toString();
      response.setHeader("Link", "<" + next + ">; rel=\"next\", <" + next + ">; rel=\"last\"");
    }
    return response.build();
  }

  /**
   * Words of the name, and the qualifiers {@code org}, {@code user}, {@code language}, {@code
   * topic}, among what the login sees.
   */
  MockResponse found(RecordedRequest request, List<FakeRepository> seen) {
    String query = String.valueOf(request.getUrl().queryParameter("q"));
    if (query.isBlank() || query.contains("nonsense:")) {
      throw Answers.refusal(422, "Validation Failed");
    }
    if (page(request) * number(request, "per_page", 30) > SEARCH_LIMIT) {
      throw Answers.refusal(422, "Only the first 1000 search results are available");
    }
    Predicate<FakeRepository> wanted = one -> true;
    Matcher qualifier = QUALIFIER.matcher(query);
    while (qualifier.find()) {
      String value = qualifier.group(2);
      wanted =
          wanted.and(
              switch (qualifier.group(1)) {
                case "language" -> one -> value.equalsIgnoreCase(one.language());
                case "topic" -> one -> one.topics().contains(value);
                default -> one -> one.owner().equalsIgnoreCase(value);
              });
    }
    String words =
        Arrays.stream(qualifier.replaceAll("").split("\\s+"))
            .filter(word -> !word.isEmpty() && !word.contains(":"))
            .collect(Collectors.joining(" "));
    List<FakeRepository> found =
        seen.stream()
            .filter(wanted)
            .filter(one -> one.name().contains(words))
            .limit(SEARCH_LIMIT)
            .toList();
    return counted(request, found, "items", Math.max(searchTotal, found.size()));
  }
}
