package dev.repofleet.worker.log;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.Encoder;
import dev.repofleet.worker.secrets.KnownSecrets;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import net.logstash.logback.composite.loggingevent.LogLevelJsonProvider;
import net.logstash.logback.composite.loggingevent.LoggerNameJsonProvider;
import net.logstash.logback.composite.loggingevent.LoggingEventFormattedTimestampJsonProvider;
import net.logstash.logback.composite.loggingevent.LoggingEventJsonProviders;
import net.logstash.logback.composite.loggingevent.LoggingEventThreadNameJsonProvider;
import net.logstash.logback.composite.loggingevent.MessageJsonProvider;
import net.logstash.logback.composite.loggingevent.StackTraceJsonProvider;
import net.logstash.logback.encoder.LoggingEventCompositeJsonEncoder;
import net.logstash.logback.mask.MaskingJsonGeneratorDecorator;
import org.jspecify.annotations.Nullable;

/** Makes logback's encoders, which write no secret of the environment. Stateless. */
public final class LogEncoders {
  private LogEncoders() {}

  /**
   * A started encoder.
   *
   * @param pattern of a line of text; JSON has the fields that docs/metrics.md lists
   * @param environment the process's: it chooses the format and holds the secrets
   * @throws IllegalArgumentException as {@link LogFormat#of}
   */
  public static Encoder<ILoggingEvent> of(
      LoggerContext context, String pattern, Map<String, String> environment) {
    KnownSecrets secrets = KnownSecrets.of(environment);
    return LogFormat.of(environment) == LogFormat.JSON
        ? json(context, secrets)
        : text(context, pattern, secrets);
  }

  private static Encoder<ILoggingEvent> text(
      LoggerContext context, String pattern, KnownSecrets secrets) {
    MaskedText encoder = new MaskedText(secrets);
    encoder.setContext(context);
    encoder.setPattern(pattern);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context, KnownSecrets secrets) {
    LoggingEventFormattedTimestampJsonProvider time =
        new LoggingEventFormattedTimestampJsonProvider();
    time.setFieldName("time");
    time.setTimeZone("UTC");
    LoggerNameJsonProvider logger = new LoggerNameJsonProvider();
    logger.setFieldName("logger");
    LoggingEventThreadNameJsonProvider thread = new LoggingEventThreadNameJsonProvider();
    thread.setFieldName("thread");
    LoggingEventJsonProviders providers = new LoggingEventJsonProviders();
    providers.addProvider(time);
    providers.addProvider(new LogLevelJsonProvider());
    providers.addProvider(new MessageJsonProvider());
    providers.addProvider(new FleetFields());
    providers.addProvider(new StackTraceJsonProvider());
    providers.addProvider(logger);
    providers.addProvider(thread);
    MaskingJsonGeneratorDecorator masking = new MaskingJsonGeneratorDecorator();
    masking.addValueMasker((path, value) -> masked(value, secrets));
    masking.start();
    LoggingEventCompositeJsonEncoder encoder = new LoggingEventCompositeJsonEncoder();
    encoder.setContext(context);
    encoder.setProviders(providers);
    encoder.setJsonGeneratorDecorator(masking);
    encoder.start();
    return encoder;
  }

  /** Null leaves the value as it is. */
  private static @Nullable Object masked(Object value, KnownSecrets secrets) {
    return value instanceof CharSequence text ? secrets.redact(text.toString()) : null;
  }

  /** A pattern's line, messages and stack traces alike. */
  private static final class MaskedText extends PatternLayoutEncoder {
    private final KnownSecrets secrets;

    private MaskedText(KnownSecrets secrets) {
      this.secrets = secrets;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      return secrets.redact(getLayout().doLayout(event)).getBytes(StandardCharsets.UTF_8);
    }
  }
}
