package example.stock;

import java.util.List;
import java.util.Map;

/** Run by hand: {@code java StocktakeCheck}. */
public final class StocktakeCheck {
  private StocktakeCheck() {}

  public static void main(String[] arguments) {
    List<Item> expected = List.of(new Item("a", "Bolt", "s1", 10), new Item("b", "Nut", "s1", 4));
    Map<String, Integer> found = Stocktake.differences(expected, Map.of("a", 8, "b", 4));
    if (!found.equals(Map.of("a", -2))) {
      throw new AssertionError(found);
    }
  }
}
