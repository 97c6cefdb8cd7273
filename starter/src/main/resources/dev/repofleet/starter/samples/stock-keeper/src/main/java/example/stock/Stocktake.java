package example.stock;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Compares what was counted with what should be there. */
public final class Stocktake {
  private Stocktake() {}

  /** Differences by SKU: positive when more was counted than expected. */
  public static Map<String, Integer> differences(List<Item> expected, Map<String, Integer> counted) {
    Map<String, Integer> differences = new TreeMap<>();
    for (Item item : expected) {
      int difference = counted.getOrDefault(item.sku(), 0) - item.quantity();
      if (difference != 0) {
        differences.put(item.sku(), difference);
      }
    }
    return differences;
  }
}
