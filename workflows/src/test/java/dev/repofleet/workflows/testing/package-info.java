/**
 * Stand-ins for the world that workflows act upon. They keep state and have faults. Start at {@link
 * dev.repofleet.workflows.testing.TestFleet}, which runs workflows on Temporal's test server, and
 * {@link dev.repofleet.workflows.testing.FakeWorld}, which is what their activities find; {@link
 * dev.repofleet.workflows.testing.Samples} has one of every payload. For this module's tests.
 */
@NullMarked
package dev.repofleet.workflows.testing;

import org.jspecify.annotations.NullMarked;
