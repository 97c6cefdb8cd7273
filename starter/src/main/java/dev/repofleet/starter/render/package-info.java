/**
 * Results and progress written for people and scripts: tables, sentences, event lines. Start at
 * {@link dev.repofleet.starter.render.PlainText}, which makes strangers' text fit to be shown, and
 * {@link dev.repofleet.starter.render.TextTable}, which sets it in columns. Text of repositories
 * and agents is hostile here and never becomes markup or terminal control. Knows neither Temporal
 * nor where results come from. Any package of the starter may use it.
 */
@NullMarked
package dev.repofleet.starter.render;

import org.jspecify.annotations.NullMarked;
