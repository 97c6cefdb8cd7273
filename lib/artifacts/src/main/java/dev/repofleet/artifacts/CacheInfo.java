package dev.repofleet.artifacts;

/**
 * Whether an earlier result was used in place of a run.
 *
 * @param key over everything that decides a result
 * @param hit whether it was found
 */
public record CacheInfo(String key, boolean hit) {}
