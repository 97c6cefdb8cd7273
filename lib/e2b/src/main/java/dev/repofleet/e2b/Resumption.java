package dev.repofleet.e2b;

/**
 * A sandbox that was connected to, and what that did.
 *
 * @param sandbox the handle; older ones of the same sandbox stay good
 * @param wasPaused true if it was paused and has been resumed, false if it ran and only its time
 *     was extended. After a resume the clock inside has jumped and every connection of the programs
 *     inside is dead; where the memory was not kept, the programs are gone as well
 */
public record Resumption(Sandbox sandbox, boolean wasPaused) {}
