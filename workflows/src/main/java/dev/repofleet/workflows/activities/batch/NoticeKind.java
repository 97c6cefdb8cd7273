package dev.repofleet.workflows.activities.batch;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** What a batch has to tell people who do not look at it. */
public enum NoticeKind {
  /** It has ended, well or not. */
  ENDED("batch.ended"),
  /** It starts nothing more until a person has mended something. */
  HELD("batch.held"),
  /** A repository waits for a person's approval, and none did before. */
  AWAITS_APPROVAL("batch.awaits_approval");

  private final String code;

  NoticeKind(String code) {
    this.code = code;
  }

  /** The {@code type} of the webhook. */
  @JsonValue
  public String code() {
    return code;
  }

  /**
   * The kind of a code.
   *
   * @throws IllegalArgumentException if there is none
   */
  @JsonCreator
  public static NoticeKind of(String code) {
    for (NoticeKind kind : values()) {
      if (kind.code.equals(code)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no notice is of kind " + code);
  }
}
