package dev.repofleet.starter.embedded;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.workflows.FleetSearchAttributes;
import dev.repofleet.workflows.client.TemporalConnection;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.OperatorServiceGrpc.OperatorServiceBlockingStub;
import io.temporal.api.workflowservice.v1.CountWorkflowExecutionsRequest;
import io.temporal.common.SearchAttributeKey;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Registers the fleet's search attributes on a Temporal server. Batches run without them too, but
 * then can't be listed by repository, status or cost. Thread-safe; the connection stays the
 * caller's.
 */
final class SearchAttributeSetup {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private static final Set<Status.Code> REFUSALS =
      Set.of(Status.Code.PERMISSION_DENIED, Status.Code.UNAUTHENTICATED, Status.Code.UNIMPLEMENTED);

  private final TemporalConnection connection;

  SearchAttributeSetup(TemporalConnection connection) {
    this.connection = connection;
  }

  /**
   * Adds what is missing; doing it again changes nothing. Blocks for seconds.
   *
   * @return the names added, in the fleet's order; empty when all were there
   * @throws CommandException with exit code 2 when a name has another type there or the server has
   *     no room, with 5 when it refuses or does not answer. Some may have been added then
   */
  List<String> run() {
    Map<String, IndexedValueType> missing = look();
    if (!missing.isEmpty()) {
      ask(
          operator ->
              operator.addSearchAttributes(
                  AddSearchAttributesRequest.newBuilder()
                      .setNamespace(connection.namespace())
                      .putAllSearchAttributes(missing)
                      .build()),
          failure -> {
            throw refused(missing, failure);
          });
    }
    return List.copyOf(missing.keySet());
  }

  /**
   * The names that {@link #run} would add. Blocks for seconds.
   *
   * @throws CommandException as there
   */
  List<String> missing() {
    return List.copyOf(look().keySet());
  }

  private Map<String, IndexedValueType> look() {
    return ask(this::missing, failure -> bySearching());
  }

  /** A refusal of the operator's service is the business of {@code refused}. */
  private <T> T ask(
      Function<OperatorServiceBlockingStub, T> question,
      Function<StatusRuntimeException, T> refused) {
    OperatorServiceStubs stubs =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder(
                    connection.client().getWorkflowServiceStubs().getOptions())
                .build());
    try {
      return question.apply(
          stubs.blockingStub().withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS));
    } catch (StatusRuntimeException e) {
      if (REFUSALS.contains(e.getStatus().getCode())) {
        return refused.apply(e);
      }
      throw explain(e);
    } finally {
      stubs.shutdownNow();
    }
  }

  private Map<String, IndexedValueType> missing(OperatorServiceBlockingStub operator) {
    Map<String, IndexedValueType> present =
        operator
            .listSearchAttributes(
                ListSearchAttributesRequest.newBuilder()
                    .setNamespace(connection.namespace())
                    .build())
            .getCustomAttributesMap();
    Map<String, IndexedValueType> missing = new LinkedHashMap<>();
    for (SearchAttributeKey<?> attribute : FleetSearchAttributes.ALL) {
      IndexedValueType found = present.get(attribute.getName());
      if (found == null) {
        missing.put(attribute.getName(), attribute.getValueType());
      } else if (found != attribute.getValueType()) {
        throw CommandException.wrongUse(
            "namespace %s has a search attribute %s of type %s where %s is needed: remove it, or use another namespace"
                .formatted(
                    connection.namespace(),
                    attribute.getName(),
                    typeName(found),
                    typeName(attribute.getValueType())));
      }
    }
    return missing;
  }

  /** For a login that may not ask the operator's service: what can't be searched for is missing. */
  private Map<String, IndexedValueType> bySearching() {
    Map<String, IndexedValueType> missing = new LinkedHashMap<>();
    for (SearchAttributeKey<?> attribute : FleetSearchAttributes.ALL) {
      if (!isSearchable(attribute.getName())) {
        missing.put(attribute.getName(), attribute.getValueType());
      }
    }
    return missing;
  }

  private boolean isSearchable(String name) {
    try {
      connection
          .client()
          .getWorkflowServiceStubs()
          .blockingStub()
          .withDeadlineAfter(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .countWorkflowExecutions(
              CountWorkflowExecutionsRequest.newBuilder()
                  .setNamespace(connection.namespace())
                  .setQuery("`" + name + "` IS NULL")
                  .build());
      return true;
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.INVALID_ARGUMENT) {
        return false;
      }
      throw explain(e);
    }
  }

  private CommandException refused(
      Map<String, IndexedValueType> missing, StatusRuntimeException failure) {
    String wanted =
        missing.entrySet().stream()
            .map(attribute -> attribute.getKey() + "=" + typeName(attribute.getValue()))
            .collect(Collectors.joining(", "));
    return CommandException.unreachable(
        """
        Temporal at %s does not let this login add search attributes (%s); batches run without.
        Namespace %s lacks %s.
        Who may can add them: in Temporal Cloud on the namespace's page or by `tcld namespace \
        search-attributes add --search-attribute NAME=TYPE`, elsewhere by `temporal operator \
        search-attribute create --name NAME --type TYPE`."""
            .formatted(
                connection.address(),
                failure.getStatus().getCode(),
                connection.namespace(),
                wanted),
        failure);
  }

  private CommandException explain(StatusRuntimeException failure) {
    Status status = failure.getStatus();
    String where = "Temporal at " + connection.address();
    return switch (status.getCode()) {
      case INVALID_ARGUMENT, RESOURCE_EXHAUSTED, FAILED_PRECONDITION ->
          CommandException.wrongUse(
              where
                  + " has no room for the search attributes in namespace "
                  + connection.namespace()
                  + " ("
                  + status.getDescription()
                  + "): remove unused ones, or use another namespace");
      default ->
          CommandException.unreachable(
              where + " did not add the search attributes: " + status, failure);
    };
  }

  /** As the command line of Temporal spells it: Keyword, Int, Double. */
  static String typeName(IndexedValueType type) {
    return switch (type) {
      case INDEXED_VALUE_TYPE_TEXT -> "Text";
      case INDEXED_VALUE_TYPE_KEYWORD -> "Keyword";
      case INDEXED_VALUE_TYPE_INT -> "Int";
      case INDEXED_VALUE_TYPE_DOUBLE -> "Double";
      case INDEXED_VALUE_TYPE_BOOL -> "Bool";
      case INDEXED_VALUE_TYPE_DATETIME -> "Datetime";
      case INDEXED_VALUE_TYPE_KEYWORD_LIST -> "KeywordList";
      default -> type.name();
    };
  }
}
