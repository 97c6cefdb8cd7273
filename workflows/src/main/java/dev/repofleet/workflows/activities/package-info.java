/**
 * The steps that touch the world, as the workflows see them: a package a concern, in it one or a
 * few interfaces, and one input and one output record a method. Start at {@link
 * dev.repofleet.workflows.activities.sandbox.SandboxActivities} and {@link
 * dev.repofleet.workflows.activities.agent.AgentActivities}, a review's sandbox and the turns in
 * it; {@link dev.repofleet.workflows.activities.ActivityStubs} has the time and the attempts of
 * each step. Inputs and outputs hold ids, targets, counts, costs and artifact URIs, sentences for
 * people, and names of files where nothing else will do; never a key, a token, a prompt, a diff or
 * a transcript. The worker implements them; workflow code alone calls them. The starter reads some
 * of their records.
 */
@NullMarked
package dev.repofleet.workflows.activities;

import org.jspecify.annotations.NullMarked;
