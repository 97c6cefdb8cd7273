package example.stock;

import java.io.IOException;

/** Prints shelf labels on the printer of the host. */
public final class LabelPrinter {
  private final String printer;

  public LabelPrinter(String printer) {
    this.printer = printer;
  }

  public void print(Item item, String file) throws IOException, InterruptedException {
    Process process = Runtime.getRuntime().exec("lp -d " + printer + " -t " + item.name() + " " + file);
    if (process.waitFor() != 0) {
      throw new IOException("label of " + item.sku() + " was not printed");
    }
  }

  public boolean isReady() throws IOException, InterruptedException {
    return new ProcessBuilder("lpstat", "-p", printer).start().waitFor() == 0;
  }
}
