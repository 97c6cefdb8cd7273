package dev.repofleet.e2b;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.HttpUrl;

/** Looks for sandboxes, page by page. Thread-safe. */
final class SandboxList {
  private final ApiCalls api;

  SandboxList(ApiCalls api) {
    this.api = api;
  }

  SandboxListing find(SandboxQuery query) {
    String operation = "list sandboxes";
    Map<String, SandboxInfo> found = new LinkedHashMap<>();
    AtomicReference<HttpReply> first = new AtomicReference<>();
    api.pages(
        url(query),
        ApiWire.Detail.class,
        operation,
        (reply, page) -> {
          first.compareAndSet(null, reply);
          for (ApiWire.Detail detail : page) {
            SandboxInfo info = detail.toInfo(operation);
            found.putIfAbsent(info.sandboxId(), info);
          }
        });
    Optional<Instant> serverTime =
        Optional.ofNullable(first.get()).map(reply -> reply.headers().getInstant("Date"));
    return new SandboxListing(new ArrayList<>(found.values()), serverTime);
  }

  private HttpUrl url(SandboxQuery query) {
    HttpUrl.Builder url = api.listing("v2", "sandboxes");
    // Without the parameter the API lists both states as well; naming them is safer.
    url.addEncodedQueryParameter("state", states(query));
    if (!query.metadata().isEmpty()) {
      url.addEncodedQueryParameter("metadata", MetadataFilter.encode(query.metadata()));
    }
    return url.build();
  }

  private static String states(SandboxQuery query) {
    List<String> names = new ArrayList<>();
    for (SandboxState state : SandboxState.values()) {
      if (query.states().isEmpty() || query.states().contains(state)) {
        names.add(state.wireName());
      }
    }
    return String.join(",", names);
  }
}
