/**
 * Results and progress written for people and scripts: tables, Markdown, event lines. Text of
 * repositories and agents is hostile here and never becomes markup or terminal control. Knows
 * neither Temporal nor where results come from. Any package of the starter may use it.
 */
@NullMarked
package dev.repofleet.starter.render;

import org.jspecify.annotations.NullMarked;
