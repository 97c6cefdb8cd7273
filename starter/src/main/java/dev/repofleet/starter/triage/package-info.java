/**
 * What people decide of findings, for all batches to come. Entry class: {@link
 * dev.repofleet.starter.triage.FindingsCommand}. Here decisions are made and listed; {@link
 * dev.repofleet.artifacts.finding.Triage} keeps them, and workers put them to later findings. Only
 * the command tree uses it.
 */
@NullMarked
package dev.repofleet.starter.triage;

import org.jspecify.annotations.NullMarked;
