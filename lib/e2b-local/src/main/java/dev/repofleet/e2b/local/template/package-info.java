/**
 * Templates and snapshots: built, stored, and what sandboxes start from. Start at {@link
 * dev.repofleet.e2b.local.template.TemplateStore}.
 */
@NullMarked
package dev.repofleet.e2b.local.template;

import org.jspecify.annotations.NullMarked;
