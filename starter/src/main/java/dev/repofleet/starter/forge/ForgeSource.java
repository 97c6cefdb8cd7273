package dev.repofleet.starter.forge;

import dev.repofleet.starter.command.CommandException;
import dev.repofleet.starter.render.PlainText;
import dev.repofleet.starter.render.Wording;
import dev.repofleet.starter.target.TargetSource;
import dev.repofleet.worker.forge.ForgeException;
import dev.repofleet.worker.forge.ForgeListing;
import dev.repofleet.worker.forge.ForgeRepository;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The repositories that a forge lists, without those that a filter leaves out. For one reading.
 *
 * @param name of what is listed, as github.com/acme
 * @param login the variable of the login, asked for once it was listed; empty: there is none, and
 *     public ones are all that is seen
 * @param howToLogIn the variables that would be one
 * @param listing asks the forge
 */
record ForgeSource(
    String name,
    Supplier<Optional<String>> login,
    String howToLogIn,
    ForgeFilter filter,
    Supplier<ForgeListing> listing)
    implements TargetSource {

  @Override
  public void read(Consumer<String> target, Consumer<String> talk) {
    ForgeListing listed;
    try {
      listed = listing.get();
    } catch (ForgeException e) {
      throw refused(e);
    }
    Map<ForgeFilter.Reason, Integer> leftOut = new EnumMap<>(ForgeFilter.Reason.class);
    List<ForgeRepository> taken = new ArrayList<>();
    for (ForgeRepository repository : listed.repositories()) {
      filter
          .against(repository)
          .ifPresentOrElse(
              reason -> leftOut.merge(reason, 1, Integer::sum), () -> taken.add(repository));
    }
    int all = listed.repositories().size();
    String why =
        leftOut.entrySet().stream()
            .map(entry -> entry.getValue() + " " + entry.getKey().words())
            .collect(Collectors.joining(", "));
    listed.notes().forEach(note -> talk.accept(name + ": " + note));
    if (taken.isEmpty()) {
      throw CommandException.wrongUse(
          all == 0
              ? name + " has no repository" + unseen()
              : "of the "
                  + Wording.count(all, "repository", "repositories")
                  + " of "
                  + name
                  + " none is left to review: "
                  + why);
    }
    talk.accept(
        name
            + ": "
            + Wording.count(taken.size(), "repository", "repositories")
            + (why.isEmpty() ? "" : "; left out: " + why)
            + (login.get().isEmpty() ? "; public ones alone, without " + howToLogIn : ""));
    taken.forEach(repository -> target.accept(repository.url()));
  }

  private String unseen() {
    return login
        .get()
        .map(variable -> " that the login in " + variable + " sees")
        .orElse(" that is public; set " + howToLogIn + " for others");
  }

  private CommandException refused(ForgeException e) {
    String message = PlainText.of(e.getMessage());
    Optional<String> used = login.get();
    return switch (e.kind()) {
      case NOT_FOUND ->
          CommandException.wrongUse(
              name
                  + " is not there, or "
                  + used.map(variable -> "the login in " + variable + " does not see it")
                      .orElse("seen with a login alone: set " + howToLogIn)
                  + ": check how it is written");
      case REJECTED -> CommandException.wrongUse(message);
      case LOGIN_REFUSED ->
          CommandException.unreachable(
              message + "; set " + used.orElse(howToLogIn) + " to a valid one", e);
      case FORBIDDEN ->
          CommandException.unreachable(
              message + "; the login " + used.map(at -> "in " + at + " ").orElse("") + "may not",
              e);
      case RATE_LIMITED ->
          CommandException.unreachable(
              message
                  + "; nothing was started"
                  + (used.isEmpty() ? ", and " + howToLogIn + " raises the limit" : ""),
              e);
      case UNREACHABLE -> CommandException.unreachable(message + "; nothing was started", e);
    };
  }
}
