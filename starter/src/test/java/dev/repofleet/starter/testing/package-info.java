/**
 * What the starter's tests share: a command line in this process ({@link
 * dev.repofleet.starter.testing.TestProgram}), Git repositories, fakes. For every test of the
 * starter, and for {@code bench}.
 */
@NullMarked
package dev.repofleet.starter.testing;

import org.jspecify.annotations.NullMarked;
