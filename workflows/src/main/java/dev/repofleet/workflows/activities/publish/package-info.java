/**
 * What is written to forges, repository by repository. Start at {@link
 * dev.repofleet.workflows.activities.publish.PublishActivities}.
 */
@NullMarked
package dev.repofleet.workflows.activities.publish;

import org.jspecify.annotations.NullMarked;
