/**
 * {@code publish}, and {@code status --published}: what a batch came to, at its forges. Entry
 * class: {@link dev.repofleet.starter.publish.PublishCommand}. Workers do it; {@link
 * dev.repofleet.starter.publish.PublishRun} asks them and waits, {@link
 * dev.repofleet.starter.publish.PublishText} tells it. Only the command tree uses it.
 */
@NullMarked
package dev.repofleet.starter.publish;

import org.jspecify.annotations.NullMarked;
