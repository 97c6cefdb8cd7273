package dev.repofleet.starter;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import dev.repofleet.artifacts.ArtifactStore;

/** Who may see whom. */
@AnalyzeClasses(
    packages = "dev.repofleet.starter",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArrowsTest {
  private static final String EMBEDDED = "dev.repofleet.starter.embedded..";

  private static final String FORGE = "dev.repofleet.starter.forge..";

  /** A package is understood from those below it, and never from itself. */
  @ArchTest
  static final ArchRule no_packages_depend_on_each_other_in_a_circle =
      SlicesRuleDefinition.slices().matching("dev.repofleet.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule lists_of_forges_see_of_the_worker_its_forges_alone =
      noClasses()
          .that()
          .resideInAPackage(FORGE)
          .should()
          .dependOnClassesThat(
              com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(
                      "dev.repofleet.worker..")
                  .and(
                      com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage(
                          "dev.repofleet.worker.forge..")));

  @ArchTest
  static final ArchRule only_the_embedded_stack_sees_the_worker_and_the_local_sandboxes =
      noClasses()
          .that()
          .resideOutsideOfPackages(EMBEDDED, FORGE)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("dev.repofleet.worker..", "dev.repofleet.e2b.local..");

  @ArchTest
  static final ArchRule only_the_program_itself_names_the_embedded_stack =
      classes()
          .that()
          .resideInAPackage(EMBEDDED)
          .should()
          .onlyHaveDependentClassesThat(
              com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage(EMBEDDED)
                  .or(
                      com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo(
                          RepoFleet.class)));

  @ArchTest
  static final ArchRule rendering_reports_estimates_and_the_live_table_know_no_temporal =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.repofleet.starter.render..",
              "dev.repofleet.starter.report..",
              "dev.repofleet.starter.estimate..",
              "dev.repofleet.starter.live..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.temporal..", "dev.repofleet.workflows..");

  @ArchTest
  static final ArchRule reports_and_estimates_know_no_store =
      noClasses()
          .that()
          .resideInAnyPackage(
              "dev.repofleet.starter.render..",
              "dev.repofleet.starter.report..",
              "dev.repofleet.starter.estimate..")
          .should()
          .dependOnClassesThat()
          .areAssignableTo(ArtifactStore.class);

  @ArchTest
  static final ArchRule plans_and_targets_know_nothing_of_batches_on_their_way =
      noClasses()
          .that()
          .resideInAnyPackage("dev.repofleet.starter.plan..", "dev.repofleet.starter.target..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.temporal..",
              "dev.repofleet.starter.server..",
              "dev.repofleet.starter.batch..",
              "dev.repofleet.starter.logs..",
              "dev.repofleet.starter.out..",
              "dev.repofleet.starter.followup..",
              "dev.repofleet.starter.control..",
              "dev.repofleet.starter.review..");
}
