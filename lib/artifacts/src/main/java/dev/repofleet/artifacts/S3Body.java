package dev.repofleet.artifacts;

import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * What an object holds, as the service sends it. Closed early it gives the connection up, and does
 * not read on to the end. A body that is cut is a failure: the client takes the connection's end
 * for its own (observed, version 2.57.8).
 */
final class S3Body extends FilterInputStream {
  private final ResponseInputStream<GetObjectResponse> response;
  private long left;
  private boolean ended;

  S3Body(ResponseInputStream<GetObjectResponse> response) {
    super(response);
    this.response = response;
    this.left = response.response().contentLength();
  }

  @Override
  public int read() throws IOException {
    int one = super.read();
    passed(one < 0 ? -1 : 1);
    return one;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int count = super.read(buffer, offset, length);
    passed(count);
    return count;
  }

  @Override
  public long skip(long count) throws IOException {
    long skipped = super.skip(count);
    left -= skipped;
    return skipped;
  }

  private void passed(int count) throws IOException {
    if (count < 0) {
      ended = true;
      if (left > 0) {
        throw new EOFException("the answer was cut " + left + " bytes before its end");
      }
    }
    left -= Math.max(0, count);
  }

  @Override
  public void close() throws IOException {
    if (ended) {
      super.close();
    } else {
      response.abort();
    }
  }
}
