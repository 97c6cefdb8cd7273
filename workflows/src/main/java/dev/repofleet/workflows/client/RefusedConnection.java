package dev.repofleet.workflows.client;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.envconfig.ClientConfigProfile;
import io.temporal.envconfig.ClientConfigTLS;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says for people why a first call to Temporal failed, and what to do. gRPC tells all that happens
 * before a call's bytes arrive as UNAVAILABLE, from a server that is away to a name in a
 * certificate: the difference is in the causes, in words of Java or of OpenSSL.
 */
final class RefusedConnection {
  private static final String CERTIFICATE_AND_KEY =
      "TEMPORAL_TLS_CLIENT_CERT_PATH and TEMPORAL_TLS_CLIENT_KEY_PATH";

  /** OpenSSL's name of what the other side said (SSLV3_ALERT_BAD_CERTIFICATE), or Java's. */
  private static final Pattern ALERT =
      Pattern.compile("[A-Z0-9]+_ALERT_(\\w+)|[Rr]eceived fatal alert: (\\w+)");

  private static final Pattern SERVER_NAMES = Pattern.compile("certificate\\(s\\): ([^\\n]+)");

  /** The first that fits counts. Observed: gRPC as of SDK 1.38, BoringSSL and Java 17. */
  private enum Reason {
    NOBODY("ConnectException|UnknownHostException|NoRouteToHostException"),
    PLAIN_SERVER("not an SSL/TLS record|[Uu]nrecognized SSL message"),
    OTHER_NAME("No subject alternative |No name matching "),
    OUT_OF_DATE("CertificateExpiredException|CertificateNotYetValidException"),
    OTHER_AUTHORITY("ValidatorException|CertPathBuilderException|CertPathValidatorException"),
    OTHER_KEY("KEY_VALUES_MISMATCH"),
    CLIENT_REFUSED(ALERT.pattern()),
    HANDSHAKE("SSLException|SSLHandshakeException|OpenSslException"),
    CUT("Network closed|Http2Exception|reset by peer|Broken pipe|ClosedChannelException");

    private final Pattern sign;

    Reason(String sign) {
      this.sign = Pattern.compile(sign);
    }
  }

  private final ClientConfigProfile profile;
  private final String where;
  private final String namespace;

  RefusedConnection(ClientConfigProfile profile, String address, String namespace) {
    this.profile = profile;
    this.where = "Temporal at " + address;
    this.namespace = namespace;
  }

  TemporalUnreachableException explain(StatusRuntimeException failure) {
    return switch (failure.getStatus().getCode()) {
      case NOT_FOUND ->
          said(where + " has no namespace " + namespace, "set TEMPORAL_NAMESPACE", failure);
      case UNAUTHENTICATED, PERMISSION_DENIED -> login(failure);
      case UNAVAILABLE -> connection(failure);
      default -> silent(failure);
    };
  }

  private TemporalUnreachableException login(StatusRuntimeException failure) {
    String code = " (" + failure.getStatus().getCode() + ")";
    String forNamespace = " for namespace " + namespace + code;
    if (hasKey()) {
      return said(
          where + " refuses the login by API key" + forNamespace,
          "set TEMPORAL_API_KEY to a key that is valid there, and check TEMPORAL_NAMESPACE",
          failure);
    }
    return hasCertificate()
        ? said(
            where + " refuses the login by client certificate" + forNamespace,
            "check TEMPORAL_NAMESPACE and " + CERTIFICATE_AND_KEY,
            failure)
        : said(
            where + " asks for a login" + forNamespace,
            "set TEMPORAL_API_KEY, or " + CERTIFICATE_AND_KEY,
            failure);
  }

  private TemporalUnreachableException connection(StatusRuntimeException failure) {
    String text = text(failure);
    Optional<Reason> reason =
        Arrays.stream(Reason.values()).filter(each -> each.sign.matcher(text).find()).findFirst();
    if (reason.isEmpty()) {
      return silent(failure);
    }
    return switch (reason.get()) {
      case NOBODY -> silent(failure);
      case PLAIN_SERVER -> plainServer(failure);
      case OTHER_NAME -> otherName(text, failure);
      case OUT_OF_DATE ->
          said(
              where + " has a certificate that is not valid at this time",
              "renew it there, or set this machine's clock",
              failure);
      case OTHER_AUTHORITY ->
          said(
              where + " has a certificate of an authority that is not trusted here",
              "let TEMPORAL_TLS_SERVER_CA_CERT_PATH name the file with that authority's certificate",
              failure);
      case OTHER_KEY ->
          said(
              "the client's certificate and key do not belong together",
              "correct " + CERTIFICATE_AND_KEY,
              failure);
      case CLIENT_REFUSED -> clientRefused(text, failure);
      case HANDSHAKE ->
          said(where + " and this side do not agree on TLS", "check TEMPORAL_TLS_*", failure);
      case CUT -> cut(failure);
    };
  }

  private TemporalUnreachableException plainServer(StatusRuntimeException failure) {
    String seen = where + " does not speak TLS";
    return hasKey()
        ? said(
            seen + ", and an API key is sent by TLS alone",
            "set TEMPORAL_ADDRESS to a server with TLS, or take TEMPORAL_API_KEY away",
            failure)
        : said(
            seen,
            "take TEMPORAL_TLS and TEMPORAL_TLS_* away, or set TEMPORAL_ADDRESS to a server with TLS",
            failure);
  }

  private TemporalUnreachableException otherName(String text, StatusRuntimeException failure) {
    Matcher names = SERVER_NAMES.matcher(text);
    return said(
        where
            + " has a certificate for another name"
            + (names.find() ? " (" + names.group(1) + ")" : ""),
        "set TEMPORAL_TLS_SERVER_NAME to a name in it, or correct TEMPORAL_ADDRESS",
        failure);
  }

  private TemporalUnreachableException clientRefused(String text, StatusRuntimeException failure) {
    Matcher alert = ALERT.matcher(text);
    String told = alert.find() ? alert.group(1) == null ? alert.group(2) : alert.group(1) : "";
    String code = " (" + told.toLowerCase(Locale.ROOT) + ")";
    return hasCertificate()
        ? said(
            where + " does not accept the client's certificate" + code,
            "let " + CERTIFICATE_AND_KEY + " name one that its authority signed, and that is valid",
            failure)
        : said(
            where + " asks for a client certificate" + code, "set " + CERTIFICATE_AND_KEY, failure);
  }

  private TemporalUnreachableException cut(StatusRuntimeException failure) {
    String seen = where + " ends the connection without a word";
    return speaksTls()
        ? said(seen, "check TEMPORAL_ADDRESS and TEMPORAL_TLS_*", failure)
        : said(
            seen,
            "if it speaks TLS set TEMPORAL_TLS=true, TEMPORAL_API_KEY, or " + CERTIFICATE_AND_KEY,
            failure);
  }

  private TemporalUnreachableException silent(StatusRuntimeException failure) {
    return new TemporalUnreachableException(
        where.replace("Temporal at", "Temporal does not answer at")
            + " ("
            + failure.getStatus().getCode()
            + ")",
        "start it with `repofleet up`, add --local, or set TEMPORAL_ADDRESS",
        true,
        failure);
  }

  private boolean hasKey() {
    return profile.getApiKey() != null && !profile.getApiKey().isEmpty();
  }

  private boolean hasCertificate() {
    ClientConfigTLS tls = profile.getTls();
    return tls != null
        && !Boolean.TRUE.equals(tls.isDisabled())
        && (tls.getClientCertPath() != null || tls.getClientCertData() != null);
  }

  private boolean speaksTls() {
    ClientConfigTLS tls = profile.getTls();
    return hasKey() || (tls != null && !Boolean.TRUE.equals(tls.isDisabled()));
  }

  /** Types and messages of all causes, to look for signs in; not for people. */
  private static String text(StatusRuntimeException failure) {
    Status status = failure.getStatus();
    StringBuilder text = new StringBuilder(String.valueOf(status.getDescription()));
    for (Throwable cause = status.getCause(); cause != null; cause = cause.getCause()) {
      text.append('\n').append(cause);
    }
    return text.toString();
  }

  private static TemporalUnreachableException said(
      String seen, String wayOut, StatusRuntimeException failure) {
    return new TemporalUnreachableException(seen, wayOut, failure);
  }
}
