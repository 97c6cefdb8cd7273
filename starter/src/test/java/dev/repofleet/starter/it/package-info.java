/**
 * The main job as a person runs it: real processes, the real Temporal server, real sandboxes, real
 * Git, and the real Claude Code CLI on a scripted model that keeps a ledger. {@code bench} measures
 * these fleets, and is the only other module that may use them.
 *
 * <p>Attacks on it: {@link dev.repofleet.starter.it.AttackedFleet} is what is attacked, {@link
 * dev.repofleet.starter.it.Attack} decides by a seed, {@link dev.repofleet.starter.it.AttackEvents}
 * are what can happen, {@link dev.repofleet.starter.it.Undisturbed} says what must hold afterwards.
 * One alone, again with its seed, or in its long form:
 *
 * <pre>
 * mvn -pl starter -am verify -Dtest=NONE -Dsurefire.failIfNoSpecifiedTests=false \
 *     -Dfailsafe.failIfNoSpecifiedTests=false -Dit.test=RandomAttackIT \
 *     [-Drepofleet.seed=1234] [-Drepofleet.attack=long]
 * </pre>
 */
@NullMarked
package dev.repofleet.starter.it;

import org.jspecify.annotations.NullMarked;
