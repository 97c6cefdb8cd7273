package example.stock;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** Asks the carrier when a parcel is collected. */
public final class CarrierClient {
  private static final String UPLOAD_KEY = "@@AWS_ACCESS_KEY_ID_2@@";

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI base;

  public CarrierClient(URI base) {
    this.base = base;
  }

  public String collection(String parcel) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(base.resolve("/collections/" + parcel))
            .header("x-upload-key", UPLOAD_KEY)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }
}
