/** What the starter's tests share: a command line in this process, Git repositories, fakes. */
@NullMarked
package dev.repofleet.starter.testing;

import org.jspecify.annotations.NullMarked;
