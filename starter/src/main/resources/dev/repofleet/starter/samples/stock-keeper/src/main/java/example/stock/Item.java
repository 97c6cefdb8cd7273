package example.stock;

import java.util.Objects;

/** Something on a shelf. */
public record Item(String sku, String name, String shelf, int quantity) {
  public Item {
    Objects.requireNonNull(sku, "sku");
    if (quantity < 0) {
      throw new IllegalArgumentException("quantity of " + sku + " is negative");
    }
  }

  public Item withQuantity(int changed) {
    return new Item(sku, name, shelf, changed);
  }
}
