package dev.repofleet.e2b;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import okio.Okio;
import okio.Pipe;
import okio.Sink;
import org.jspecify.annotations.Nullable;

/**
 * A file on its way to a reader. OkHttp's thread fills a small pipe and waits while it is full; the
 * reader waits on the pipe, where it can be interrupted, and never on a socket.
 */
final class FileDownload implements Callback {
  private static final long PIPE_SIZE = 256 << 10;

  private static final long STEP = 8 << 10;

  /** What the call opened: the stream, or the refusal. */
  record Opened(@Nullable InputStream stream, @Nullable HttpReply refusal) {}

  private final String operation;
  private final CompletableFuture<Opened> opened = new CompletableFuture<>();
  private final Pipe pipe = new Pipe(PIPE_SIZE);
  private volatile boolean complete;
  private volatile @Nullable Exception cause;

  FileDownload(String operation) {
    this.operation = operation;
  }

  CompletableFuture<Opened> opened() {
    return opened;
  }

  @Override
  public void onFailure(Call call, IOException e) {
    opened.completeExceptionally(e);
  }

  @Override
  public void onResponse(Call call, Response response) {
    try (response) {
      if (!response.isSuccessful()) {
        opened.complete(new Opened(null, HttpReply.read(response, 0)));
        return;
      }
      opened.complete(new Opened(new Reader(call), null));
      pump(response.body().source());
      complete = true;
    } catch (IOException | RuntimeException e) {
      cause = e;
      opened.completeExceptionally(e);
    } finally {
      closeSink();
    }
  }

  private void pump(BufferedSource source) throws IOException {
    Sink sink = pipe.sink();
    Buffer buffer = new Buffer();
    for (long count = source.read(buffer, STEP); count >= 0; count = source.read(buffer, STEP)) {
      sink.write(buffer, count);
    }
  }

  /** The reader sees the end only after this, when it is known whether the file is whole. */
  private void closeSink() {
    try {
      pipe.sink().close();
    } catch (IOException e) {
      // The reader has left: there is nobody to tell.
      cause = e;
    }
  }

  /** The reader's end. Closing it early cancels the call. */
  private final class Reader extends FilterInputStream {
    private final Call call;

    Reader(Call call) {
      super(Okio.buffer(pipe.source()).inputStream());
      this.call = call;
    }

    @Override
    public int read() throws IOException {
      return checked(super.read());
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      return checked(super.read(buffer, offset, length));
    }

    private int checked(int result) throws IOException {
      if (result < 0 && !complete) {
        throw new IOException("cannot " + operation + ": the transfer was cut", cause);
      }
      return result;
    }

    @Override
    public void close() throws IOException {
      call.cancel();
      pipe.cancel();
      super.close();
    }
  }
}
