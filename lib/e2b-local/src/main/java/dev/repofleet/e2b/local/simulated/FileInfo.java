package dev.repofleet.e2b.local.simulated;

import java.time.Instant;

/**
 * What a file or directory is.
 *
 * @param path absolute
 * @param directory or else a file
 * @param size in bytes; 0 of a directory
 * @param mode its nine permission bits
 * @param owner a user's name
 * @param modified when its content changed last
 */
public record FileInfo(
    String path, boolean directory, long size, int mode, String owner, Instant modified) {}
