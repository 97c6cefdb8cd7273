/** What people and scripts read afterwards, and all that is known for it. */
@NullMarked
package dev.repofleet.workflows.activities.report;

import org.jspecify.annotations.NullMarked;
