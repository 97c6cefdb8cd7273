package example.stock;

import java.util.Map;

/** What the environment says. */
public record Settings(String printer, int lowStock) {
  public static Settings of(Map<String, String> environment) {
    return new Settings(
        environment.getOrDefault("STOCK_PRINTER", "labels"),
        Integer.parseInt(environment.getOrDefault("STOCK_LOW", "5")));
  }
}
