package dev.repofleet.e2b.local.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.repofleet.e2b.local.wire.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class NetworkRulesTest {
  private static ObjectNode json(String text) throws IOException {
    return Wire.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static String shown(NetworkRules rules) {
    ObjectNode detail = Wire.object();
    rules.show(detail);
    return detail.toString().replace('"', '\'');
  }

  @Test
  void whatWasAskedForIsShownButNoProxyPassword() throws Exception {
    NetworkRules rules =
        NetworkRules.of(
            json(
                "{'allow_internet_access':false,'network':{'allowOut':['api.example'],"
                    + "'egressProxy':{'address':'p:1','username':'u','password':'secret'}}}"));
    assertThat(shown(rules))
        .contains("'allowInternetAccess':false", "'allowOut':['api.example']", "'username':'u'")
        .doesNotContain("secret");
    assertThat(rules.asksForEgressRules()).isTrue();
  }

  @Test
  void anUpdateClearsWhatItLeavesOutAndKeepsWhoMayComeIn() throws Exception {
    NetworkRules rules =
        NetworkRules.of(
            json(
                "{'network':{'allowOut':['a.example'],'denyOut':['0.0.0.0/0'],"
                    + "'allowPublicTraffic':false,'maskRequestHost':'localhost:${PORT}'}}"));
    NetworkRules updated = rules.replacedBy(json("{'denyOut':['10.0.0.0/8']}"));
    assertThat(shown(updated))
        .contains("'denyOut':['10.0.0.0/8']", "'allowPublicTraffic':false")
        .doesNotContain("a.example");
    assertThat(updated.publicTraffic()).isFalse();
    assertThat(updated.maskedHost(3000)).isEqualTo("localhost:3000");
  }

  @Test
  void aDomainCannotBeDenied() throws Exception {
    ObjectNode body = json("{'network':{'denyOut':['evil.example']}}");
    assertThatThrownBy(() -> NetworkRules.of(body))
        .hasMessageContaining("evil.example")
        .hasMessageContaining("IP addresses and CIDR blocks only");
    ObjectNode noList = json("{'network':{'allowOut':'x'}}");
    assertThatThrownBy(() -> NetworkRules.of(noList)).hasMessageContaining("must be a list");
  }

  @Test
  void nothingSaidIsOpenAndNothingToWarnOf() {
    NetworkRules none = NetworkRules.none();
    assertThat(none.publicTraffic()).isTrue();
    assertThat(none.asksForEgressRules()).isFalse();
    assertThat(shown(none)).isEqualTo("{}");
  }
}
