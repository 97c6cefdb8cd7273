/**
 * How an attempt of any activity begins and ends: in the right store ({@link
 * dev.repofleet.worker.activity.StoreIdentity}), in time ({@link
 * dev.repofleet.worker.activity.AttemptTime}), and with what histories keep: a failure that
 * Temporal understands ({@link dev.repofleet.worker.activity.FailureMapper}), or how many findings
 * there are ({@link dev.repofleet.worker.activity.FindingCounts}). What it puts on the worker's
 * disk goes with it, or with the next worker ({@link dev.repofleet.worker.activity.HeldFolder}).
 * Every package of activities may use it.
 */
@NullMarked
package dev.repofleet.worker.activity;

import org.jspecify.annotations.NullMarked;
