package dev.repofleet.worker.git;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the public Internet from those of this machine and its networks: a target must
 * not make the fleet talk to what stands behind its firewall.
 */
final class PublicAddress {
  private static final List<Range> REFUSED =
      List.of(
          Range.of("0.0.0.0", 8),
          Range.of("10.0.0.0", 8),
          Range.of("100.64.0.0", 10),
          Range.of("127.0.0.0", 8),
          Range.of("169.254.0.0", 16),
          Range.of("172.16.0.0", 12),
          Range.of("192.0.0.0", 24),
          Range.of("192.168.0.0", 16),
          Range.of("198.18.0.0", 15),
          Range.of("224.0.0.0", 3),
          // Unspecified, loopback, and IPv4 written as IPv6.
          Range.of("::", 96),
          Range.of("fc00::", 7),
          Range.of("fe80::", 9),
          Range.of("ff00::", 8));

  /** Prefixes behind which an IPv4 address stands: NAT64 and 6to4, with its offset. */
  private static final List<Range> CARRIERS =
      List.of(Range.of("64:ff9b::", 96), Range.of("2002::", 16));

  private PublicAddress() {}

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    if (REFUSED.stream().anyMatch(range -> range.contains(bytes))) {
      return false;
    }
    for (Range carrier : CARRIERS) {
      if (address instanceof Inet6Address && carrier.contains(bytes)) {
        int from = carrier.bits / 8;
        byte[] carried = Arrays.copyOfRange(bytes, from, from + 4);
        return REFUSED.stream().noneMatch(range -> range.contains(carried));
      }
    }
    return true;
  }

  private static final class Range {
    private final byte[] start;
    private final int bits;

    private Range(byte[] start, int bits) {
      this.start = start;
      this.bits = bits;
    }

    private static Range of(String literal, int bits) {
      try {
        return new Range(InetAddress.getByName(literal).getAddress(), bits);
      } catch (UnknownHostException e) {
        throw new IllegalStateException("a literal is never looked up: " + literal, e);
      }
    }

    private boolean contains(byte[] address) {
      if (address.length != start.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> bit % 8;
        if ((address[bit / 8] & mask) != (start[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }
}
