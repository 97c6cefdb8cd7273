/**
 * Templates of sandboxes, built from a file. Entry class: {@link
 * dev.repofleet.starter.template.TemplateCommand}. Only the command tree uses it.
 */
@NullMarked
package dev.repofleet.starter.template;

import org.jspecify.annotations.NullMarked;
