/**
 * Forges on loopback that behave. {@link dev.repofleet.forge.fake.FakeGitHub} keeps what it was
 * given and was asked to make, lets tokens die by a clock, limits, and breaks on request. {@link
 * dev.repofleet.forge.fake.FakeGitLab} lists the projects of groups by page, private ones to their
 * tokens. {@link dev.repofleet.forge.fake.GitHost} is cloned from and pushed to. For tests.
 */
@NullMarked
package dev.repofleet.forge.fake;

import org.jspecify.annotations.NullMarked;
