package dev.repofleet.e2b;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The control plane's JSON of templates, field for field (E2B contract, 9). */
final class TemplateWire {
  private TemplateWire() {}

  /** Body of {@code POST /v3/templates}. */
  @JsonInclude(JsonInclude.Include.NON_EMPTY)
  record NewTemplate(
      @JsonProperty("name") String name,
      @JsonProperty("tags") List<String> tags,
      @JsonProperty("cpuCount") @Nullable Integer cpuCount,
      @JsonProperty("memoryMB") @Nullable Integer memoryMb) {}

  /** Its answer. */
  record NewBuild(
      @JsonProperty("templateID") @Nullable String templateId,
      @JsonProperty("buildID") @Nullable String buildId,
      @JsonProperty("names") @Nullable List<String> names) {

    TemplateBuild toBuild(String operation) {
      return new TemplateBuild(
          ApiWire.required(templateId, "templateID", operation),
          ApiWire.required(buildId, "buildID", operation),
          names == null ? List.of() : names);
    }
  }

  /** Body of {@code POST /v2/templates/{id}/builds/{id}}; the steps may be none, not absent. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record BuildRequest(
      @JsonProperty("fromImage") @Nullable String fromImage,
      @JsonProperty("fromTemplate") @Nullable String fromTemplate,
      @JsonProperty("fromImageRegistry") @Nullable Registry registry,
      @JsonProperty("force") @Nullable Boolean force,
      @JsonProperty("steps") List<BuildStep> steps,
      @JsonProperty("startCmd") @Nullable String startCmd,
      @JsonProperty("readyCmd") @Nullable String readyCmd) {}

  /** Who may pull an image. */
  record Registry(
      @JsonProperty("type") String type,
      @JsonProperty("username") String username,
      @JsonProperty("password") String password) {
    @Override
    public String toString() {
      return "Registry[" + username + "]";
    }
  }

  /** A step of a build. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record BuildStep(
      @JsonProperty("type") String type,
      @JsonProperty("args") List<String> args,
      @JsonProperty("filesHash") @Nullable String filesHash,
      @JsonProperty("force") @Nullable Boolean force) {}

  /** Answer of a build's status. */
  record Build(
      @JsonProperty("status") @Nullable String status,
      @JsonProperty("logEntries") @Nullable List<ApiWire.Log> logEntries,
      @JsonProperty("reason") @Nullable BuildReason reason) {}

  /** Why a build failed. */
  record BuildReason(
      @JsonProperty("message") @Nullable String message,
      @JsonProperty("step") @Nullable String step) {}

  /** Where the files of a step go, unless they are there. */
  record UploadLink(
      @JsonProperty("present") @Nullable Boolean present,
      @JsonProperty("url") @Nullable String url,
      @JsonProperty("headers") @Nullable Map<String, String> headers) {
    @Override
    public String toString() {
      return "UploadLink[present=" + present + "]";
    }
  }

  /** An element of the list of templates. */
  record Listed(
      @JsonProperty("templateID") @Nullable String templateId,
      @JsonProperty("buildID") @Nullable String buildId,
      @JsonProperty("buildStatus") @Nullable String buildStatus,
      @JsonProperty("names") @Nullable List<String> names,
      @JsonProperty("public") boolean isPublic,
      @JsonProperty("cpuCount") int cpuCount,
      @JsonProperty("memoryMB") int memoryMb,
      @JsonProperty("diskSizeMB") int diskSizeMb,
      @JsonProperty("createdAt") @Nullable Instant createdAt,
      @JsonProperty("updatedAt") @Nullable Instant updatedAt) {

    TemplateInfo toInfo(String operation) {
      return new TemplateInfo(
          ApiWire.required(templateId, "templateID", operation),
          buildId == null ? "" : buildId,
          BuildStatus.State.of(buildStatus == null ? "" : buildStatus),
          names == null ? List.of() : names,
          isPublic,
          cpuCount,
          memoryMb,
          diskSizeMb,
          ApiWire.required(createdAt, "createdAt", operation),
          ApiWire.required(updatedAt, "updatedAt", operation));
    }
  }

  /** Body of tagging a build, named by a tag that it has. */
  record NewTags(@JsonProperty("target") String target, @JsonProperty("tags") List<String> tags) {}

  /** Body of taking tags away. */
  record OldTags(@JsonProperty("name") String name, @JsonProperty("tags") List<String> tags) {}

  /** Answer of tagging. */
  record Tagged(@JsonProperty("buildID") @Nullable String buildId) {}

  /** An element of a template's tags. */
  record Tag(
      @JsonProperty("tag") @Nullable String tag,
      @JsonProperty("buildID") @Nullable String buildId,
      @JsonProperty("createdAt") @Nullable Instant createdAt) {

    TemplateTag toTag(String operation) {
      return new TemplateTag(
          ApiWire.required(tag, "tag", operation),
          ApiWire.required(buildId, "buildID", operation),
          ApiWire.required(createdAt, "createdAt", operation));
    }
  }
}
