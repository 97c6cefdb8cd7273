/**
 * What every verb stands on: the context it runs in, the terminal it talks to and how that is
 * written to, how it fails and with which exit code, what people write and mean (amounts, names),
 * the artifact store that is set, and the options that all have. Entry class: {@link
 * dev.repofleet.starter.command.CommandContext}. Knows no verb. All of them may use it.
 */
@NullMarked
package dev.repofleet.starter.command;

import org.jspecify.annotations.NullMarked;
