/**
 * The steps that touch the world, as the workflows see them: one interface a concern, one input and
 * one output record a method. Inputs and outputs hold ids, counts, costs and artifact URIs; never a
 * key, a token, a prompt, a diff or a transcript. The worker implements them; workflow code alone
 * calls them. The starter reads some of their records.
 */
@NullMarked
package dev.repofleet.workflows.activities;

import org.jspecify.annotations.NullMarked;
