package dev.repofleet.starter.target;

/** A folder that is no repository, and lies in none; it may hold some. */
final class NoRepositoryException extends TargetException {
  private static final long serialVersionUID = 1L;

  NoRepositoryException(String message) {
    super(message);
  }
}
