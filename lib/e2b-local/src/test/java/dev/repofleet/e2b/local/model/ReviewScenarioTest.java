package dev.repofleet.e2b.local.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReviewScenarioTest {
  private static final String FILES = "app/db.py\napp/main.py\ntracked files: 2";
  private static final String GREP =
      """
      app/db.py:7:    cursor.execute("select * from t where id = " + key)
      app/main.py:31:    os.system("convert " + name)
      not a grep line""";

  private final ReviewScenario scenario = new ReviewScenario(ReviewOptions.DEFAULTS);

  @Test
  void reviewsByListingSearchingAndAnsweringWithPlacesOutOfTheSearch() {
    RequestBodies session = RequestBodies.session("s").structured().prompt("Review this");

    Reply list = scenario.reply(session.conversation());
    assertThat(command(list)).contains("git ls-files");
    Reply search = scenario.reply(session.ran(list, FILES).conversation());
    assertThat(command(search)).contains("git grep");
    JsonNode answer = input(scenario.reply(session.ran(search, GREP).conversation()));

    assertThat(answer.at("/findings")).hasSize(2);
    assertThat(answer.at("/findings/0/path").asText()).isEqualTo("app/db.py");
    assertThat(answer.at("/findings/0/startLine").asInt()).isEqualTo(7);
    assertThat(answer.at("/findings/0/ruleId").asText()).isEqualTo("sql-injection");
    assertThat(answer.at("/findings/1/ruleId").asText()).isEqualTo("command-injection");
    assertThat(answer.at("/coverage/filesReviewed").asInt()).isEqualTo(2);
  }

  @Test
  void namesOnlyRulesThatTheSchemaAllows() {
    RequestBodies session =
        RequestBodies.session("s").structured("command-injection").prompt("Review this");
    JsonNode answer = input(reviewed(session));

    assertThat(answer.at("/findings")).hasSize(1);
    assertThat(answer.at("/findings/0/path").asText()).isEqualTo("app/main.py");
  }

  @Test
  void asksAgainForACommandWhoseResultWasLost() {
    RequestBodies session = RequestBodies.session("s").structured().prompt("Review this");
    Reply list = scenario.reply(session.conversation());
    session
        .ran(list, FILES)
        .assistantText("No response requested.")
        .prompt("You were interrupted, go on");

    assertThat(command(scenario.reply(session.conversation()))).contains("git grep");
  }

  @Test
  void followsUpWithOneEditAtTheFirstFindingAndThenAText() {
    RequestBodies session = RequestBodies.session("s").structured().prompt("Review this");
    session.ran(reviewed(session), "Structured output provided successfully");
    RequestBodies followUp = session.prompt("Fix the findings");
    Reply repair = scenario.reply(followUp.conversation());

    assertThat(command(repair)).contains("./app/db.py").contains("sed -i '7i\\# repofleet");
    Reply end = scenario.reply(followUp.ran(repair, "1 file changed").conversation());
    assertThat(input(end).at("/findings")).hasSize(2);
  }

  @Test
  void endsAReviewWithoutASchemaAndItsFollowUpWithText() {
    RequestBodies session = RequestBodies.session("s").prompt("Review this");
    Reply answer = reviewed(session);
    assertThat(text(answer)).startsWith("Review finished with 2 findings");

    session.assistantText(text(answer)).prompt("Fix the findings");
    Reply repair = scenario.reply(session.conversation());
    assertThat(command(repair)).contains("sed -i");
    assertThat(text(scenario.reply(session.ran(repair, "ok").conversation())))
        .startsWith("I marked app/db.py");
  }

  @Test
  void givesTheOwedAnswerWhenARepairAsksForItAlone() {
    RequestBodies session = RequestBodies.session("s").prompt("Review this");
    session.assistantText(text(reviewed(session)));
    session.structured().prompt("Give the structured answer alone");

    assertThat(input(scenario.reply(session.conversation())).at("/findings")).hasSize(2);
  }

  @Test
  void takesExtraTurnsThatTheSeedAloneChooses() {
    ReviewOptions slow =
        ReviewOptions.DEFAULTS.withExtraTurns(3).withDelay(Duration.ofMillis(5)).withSeed(9);
    RequestBodies session = RequestBodies.session("s").structured().prompt("Review this");
    ReviewScenario first = new ReviewScenario(slow);
    ReviewScenario second = new ReviewScenario(slow);
    session.ran(first.reply(session.conversation()), FILES);
    session.ran(first.reply(session.conversation()), GREP);

    for (int turn = 0; turn < 3; turn++) {
      Reply read = first.reply(session.conversation());
      assertThat(command(read)).startsWith("head -n 60 -- 'app/");
      assertThat(read).isEqualTo(second.reply(session.conversation()));
      assertThat(read.delay()).isEqualTo(Duration.ofMillis(5));
      session.ran(read, "code");
    }
    assertThat(input(first.reply(session.conversation())).has("findings")).isTrue();
  }

  /** The reply that ends the review, after the list and the search. */
  private Reply reviewed(RequestBodies session) {
    session.ran(scenario.reply(session.conversation()), FILES);
    session.ran(scenario.reply(session.conversation()), GREP);
    return scenario.reply(session.conversation());
  }

  private static String command(Reply reply) {
    return input(reply).path("command").asText();
  }

  private static JsonNode input(Reply reply) {
    return ((Reply.Answer) reply)
        .blocks().stream()
            .filter(Reply.ToolCall.class::isInstance)
            .map(block -> (JsonNode) ((Reply.ToolCall) block).input())
            .findFirst()
            .orElseThrow();
  }

  private static String text(Reply reply) {
    return ((Reply.Text) ((Reply.Answer) reply).blocks().get(0)).text();
  }
}
