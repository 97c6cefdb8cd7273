package example.stock;

import java.sql.Connection;
import java.sql.DriverManager;

/** The command line. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) throws Exception {
    Settings settings = Settings.of(System.getenv());
    try (Connection connection = DriverManager.getConnection(arguments[0])) {
      ItemRepository items = new ItemRepository(connection);
      for (Item item : items.all()) {
        String note = item.quantity() < settings.lowStock() ? "  low" : "";
        System.out.printf("%-12s %5d%s%n", item.sku(), item.quantity(), note);
      }
    }
  }
}
