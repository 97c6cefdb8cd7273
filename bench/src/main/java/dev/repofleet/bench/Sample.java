package dev.repofleet.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * One run of one side.
 *
 * @param seconds of the measured part
 * @param cpuSeconds user and system time of the client's process in it
 * @param idleCpuSeconds the same in 50 s of waiting with all streams open; 0 where there are none
 * @param peakRssMiB the most memory the process has held
 */
record Sample(
    @JsonProperty("seconds") double seconds,
    @JsonProperty("cpuSeconds") double cpuSeconds,
    @JsonProperty("idleCpuSeconds") double idleCpuSeconds,
    @JsonProperty("peakRssMiB") double peakRssMiB) {

  /** The middle of each column. */
  static Sample median(List<Sample> samples) {
    return new Sample(
        median(samples, Sample::seconds),
        median(samples, Sample::cpuSeconds),
        median(samples, Sample::idleCpuSeconds),
        median(samples, Sample::peakRssMiB));
  }

  private static double median(List<Sample> samples, ToDoubleFunction<Sample> column) {
    double[] sorted = samples.stream().mapToDouble(column).toArray();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
