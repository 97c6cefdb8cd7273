/**
 * What agents have said, as it was stored and while it goes on. Entry class: {@link
 * dev.repofleet.starter.logs.LogsCommand}. Files of a batch are made from {@link
 * dev.repofleet.starter.logs.ReviewLog}, and follow-ups tell a review's end by {@link
 * dev.repofleet.starter.logs.EndedReview}.
 */
@NullMarked
package dev.repofleet.starter.logs;

import org.jspecify.annotations.NullMarked;
