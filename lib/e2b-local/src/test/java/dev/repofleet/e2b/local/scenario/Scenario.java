package dev.repofleet.e2b.local.scenario;

/** One of the script's scenarios. */
interface Scenario {
  /** What a failure is observed under, with {@code .failed} behind it. */
  String name();

  void observe(World world, Observations seen) throws Exception;
}
