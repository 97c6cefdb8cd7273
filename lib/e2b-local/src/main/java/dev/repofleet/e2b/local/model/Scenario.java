package dev.repofleet.e2b.local.model;

/**
 * What the scripted model says next.
 *
 * <p>Called on the server's event loop, for many sessions, one call at a time: it must not block
 * (ask for a delay in the {@link Reply} instead). It should depend on nothing but the conversation,
 * so that a call that is repeated after a lost answer, or in a resumed session, is answered alike.
 */
@FunctionalInterface
public interface Scenario {
  /**
   * The next reply of the model.
   *
   * @throws RuntimeException answered to the client as status 500 with the message
   */
  Reply reply(Conversation conversation);
}
