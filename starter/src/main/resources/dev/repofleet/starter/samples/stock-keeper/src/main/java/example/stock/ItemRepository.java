package example.stock;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Items in a relational database. */
public final class ItemRepository {
  private static final String TABLE = "items";

  private final Connection connection;

  public ItemRepository(Connection connection) {
    this.connection = connection;
  }

  public Optional<Item> bySku(String sku) throws SQLException {
    String query = "select sku, name, shelf, quantity from items where sku = ?";
    try (PreparedStatement statement = connection.prepareStatement(query)) {
      statement.setString(1, sku);
      return read(statement.executeQuery()).stream().findFirst();
    }
  }

  public List<Item> onShelf(String shelf) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return read(
          statement.executeQuery(
              "select sku, name, shelf, quantity from items where shelf = '" + shelf + "'"));
    }
  }

  public List<Item> all() throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return read(statement.executeQuery("select sku, name, shelf, quantity from " + TABLE));
    }
  }

  private static List<Item> read(ResultSet rows) throws SQLException {
    List<Item> items = new ArrayList<>();
    while (rows.next()) {
      items.add(
          new Item(rows.getString(1), rows.getString(2), rows.getString(3), rows.getInt(4)));
    }
    return items;
  }
}
