/**
 * What is asked for: targets and where their list is, the plan as workflows know it, limits, and
 * what is to be published. Start at {@link dev.repofleet.workflows.order.ReviewInput}, which is the
 * order for one repository. The records that workflows and activities hand on unchanged; nothing
 * here says how far it has come. Anyone may use them.
 */
@NullMarked
package dev.repofleet.workflows.order;

import org.jspecify.annotations.NullMarked;
