/**
 * Templates of sandboxes, built from a file. Entry class: {@link
 * dev.repofleet.starter.template.TemplateCommand}.
 */
@NullMarked
package dev.repofleet.starter.template;

import org.jspecify.annotations.NullMarked;
